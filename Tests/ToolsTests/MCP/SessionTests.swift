import Engine
import Foundation
import Testing

@testable import Tools

/// What is said to a server, and what is made of its answers.
@Suite(.timeLimit(.minutes(3))) struct SessionTests {
    private func offer(_ transport: ScriptedTransport) async throws -> MCPOffer {
        try await MCPHandshake(session: MCPSession(transport), transport: transport, version: "1").perform()
    }

    @Test func theHandshakeReadsAllPages() async throws {
        let transport = ScriptedTransport.server { ["a", "b", "c", "d", "e"].map { ScriptedTransport.tool($0) } }
        let offer = try await offer(transport)
        #expect(offer.tools.map(\.name) == ["a", "b", "c", "d", "e"])
        #expect(offer.title == "Play" && offer.protocolVersion == "2025-06-18")
        #expect(transport.version.withLock { $0 } == "2025-06-18")
        #expect(transport.methods().prefix(3) == ["initialize", "notifications/initialized", "tools/list"])
    }

    @Test func anotherRevisionIsRefused() async throws {
        let transport = ScriptedTransport { message in
            [.result(id: message.id ?? .null, .object(["protocolVersion": .string("1999-01-01")]))]
        }
        await #expect(throws: MCPFailure.self) { try await offer(transport) }
    }

    @Test func aListWithoutEndIsCutOff() async throws {
        let transport = ScriptedTransport { message in
            guard case .request(let id, let method, _) = message else { return [] }
            let hello: JSONValue = .object([
                "protocolVersion": .string("2025-11-25"), "capabilities": .object(["tools": .object([:])]),
            ])
            let page: JSONValue = .object([
                "tools": .array([ScriptedTransport.tool(UUID().uuidString)]), "nextCursor": .string("again"),
            ])
            return [.result(id: id, method == "initialize" ? hello : page)]
        }
        #expect(try await offer(transport).tools.count == 50)
    }

    @Test func whatCannotBeUsedSaysWhy() async throws {
        let bad: [JSONValue] = [
            .object(["name": .string("none")]),
            .object(["name": .string("list"), "inputSchema": .object(["type": .string("array")])]),
            .object([
                "name": .string("ref"),
                "inputSchema": .object([
                    "type": .string("object"), "allOf": .array([.object(["$ref": .string("#/x")])]),
                ]),
            ]),
            .object(["name": .string("")]), .number(7), ScriptedTransport.tool("good"),
            ScriptedTransport.tool("good", "Twice."),
        ]
        let tools = try await offer(ScriptedTransport.server { bad }).tools
        #expect(tools.map(\.name) == ["none", "list", "ref", "good"])
        #expect(tools.map { $0.problem == nil } == [false, false, false, true])
    }

    @Test func answersFindTheirQuestions() async throws {
        let transport = ScriptedTransport { message in
            guard case .request(let id, _, let parameters) = message else { return [] }
            // Noise first: other numbers, no numbers, an answer that comes twice.
            return [
                .result(id: .number(999), .string("wrong")), .result(id: .string("1"), .string("wrong")),
                .error(id: .null, code: -32_700, message: "?"), .result(id: id, parameters?["n"] ?? .null),
                .result(id: id, .string("late")),
            ]
        }
        let session = MCPSession(transport)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try await session.request("echo", ["n": .number(Decimal(number))]) == .number(Decimal(number))
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test func progressIsHeardByItsCallAlone() async throws {
        let transport = ScriptedTransport { message in
            guard case .request(let id, _, let parameters) = message else { return [] }
            let token = parameters?["_meta"]?["progressToken"] ?? .null
            func step(_ token: JSONValue, _ done: Int) -> MCPMessage {
                .notification(
                    method: "notifications/progress",
                    parameters: .object([
                        "progressToken": token, "progress": .number(Decimal(done)), "total": .number(2),
                    ])
                )
            }
            return [step(token, 1), step(.number(77), 9), step(token, 2), .result(id: id, .null)]
        }
        let heard = Locked<[MCPProgress]>([])
        _ = try await MCPSession(transport).request(
            "tools/call",
            progress: { step in heard.withLock { $0.append(step) } }
        )
        #expect(heard.withLock { $0 } == [MCPProgress(done: 1, total: 2), MCPProgress(done: 2, total: 2)])
    }

    @Test func whoIsCancelledTellsTheServer() async throws {
        let (calls, told) = AsyncStream<Void>.makeStream()
        let transport = ScriptedTransport { message in
            told.yield()
            return []
        }
        let session = MCPSession(transport)
        let task = Task { try await session.request("tools/call") }
        var heard = calls.makeAsyncIterator()
        await heard.next()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        await heard.next()
        #expect(transport.methods() == ["tools/call", "notifications/cancelled"])
        guard case .notification(_, let parameters) = transport.messages[1] else { return }
        #expect(parameters?["requestId"] == .number(1))
    }

    @Test func aServerThatIsSilentIsGivenUp() async throws {
        let session = MCPSession(ScriptedTransport { _ in [] })
        await #expect(throws: MCPFailure.self) { try await session.request("tools/list", within: .milliseconds(20)) }
    }

    @Test func theEndReachesEverybodyWhoWaits() async throws {
        let (calls, told) = AsyncStream<Void>.makeStream()
        let session = MCPSession(
            ScriptedTransport { _ in
                told.yield()
                return []
            }
        )
        let task = Task { try await session.request("tools/call") }
        var heard = calls.makeAsyncIterator()
        await heard.next()
        session.end(MCPFailure(.connection, "Gone."))
        await #expect(throws: MCPFailure(.connection, "Gone.")) { try await task.value }
        await #expect(throws: MCPFailure.self) { try await session.request("tools/call") }
    }

    @Test func questionsOfTheServersAreAnswered() async throws {
        let session = MCPSession(ScriptedTransport { _ in [] })
        session.hear(.request(id: .string("p"), method: "ping", parameters: nil))
        session.hear(.request(id: .number(2), method: "sampling/createMessage", parameters: nil))
        session.hear(.notification(method: "notifications/tools/list_changed", parameters: nil))
        session.end(MCPFailure(.connection, "Over."))
        var events: [MCPSession.Event] = []
        for await event in session.events { events.append(event) }
        #expect(
            events.count == 3 && events[0] == .reply(.result(id: .string("p"), .object([:])))
                && events[2] == .toolsChanged
        )
        guard case .reply(.error(_, let code, _)) = events[1] else {
            Issue.record("no refusal")
            return
        }
        #expect(code == -32_601)
    }

    @Test func listsThatHaveChangedAreReadAnew() async throws {
        let place = Locked(1)
        let transport = ScriptedTransport { message in
            guard case .request(let id, let method, _) = message else { return [] }
            let now = place.withLock { $0 }
            func list(_ member: String, _ entry: [String: JSONValue]) -> JSONValue {
                .object([member: .array([.object(entry)])])
            }
            let able = ["tools", "resources", "prompts"].map { ($0, JSONValue.object(["listChanged": .bool(true)])) }
            let result: JSONValue =
                switch method {
                case "initialize":
                    .object([
                        "protocolVersion": .string("2025-11-25"),
                        "capabilities": .object(Dictionary(uniqueKeysWithValues: able)),
                    ])
                case "tools/list": .object(["tools": .array([ScriptedTransport.tool("t\(now)")])])
                case "resources/list": list("resources", ["uri": .string("r://\(now)")])
                case "prompts/list": list("prompts", ["name": .string("p\(now)")])
                default: .object([:])
                }
            return [.result(id: id, result)]
        }
        let session = MCPSession(transport)
        let handshake = MCPHandshake(session: session, transport: transport, version: "1")
        var offer = try await handshake.perform()
        place.withLock { $0 = 2 }
        for kind in ["resources", "prompts", "tools"] {
            session.hear(.notification(method: "notifications/\(kind)/list_changed", parameters: nil))
        }
        session.end(MCPFailure(.connection, "Over."))
        let reading = MCPHandshake(session: MCPSession(transport), transport: transport, version: "1")
        var seen: [[String]] = []
        for await event in session.events {
            offer = try await reading.again(event, offer)
            seen.append(offer.resources.map(\.address) + offer.prompts.map(\.name) + offer.tools.map(\.name))
        }
        #expect(seen == [["r://2", "p1", "t1"], ["r://2", "p2", "t1"], ["r://2", "p2", "t2"]])
    }

    @Test func waitsBetweenTriesGrow() {
        #expect((1...10).map(MCPLink.longestWait) == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60])
    }

    @Test func linesAreCutAnywhereAndBounded() throws {
        var lines = MCPLines()
        #expect(try lines.take(Array("{\"a\":".utf8)).isEmpty)
        let rest = try lines.take(Array("1}\n{}\n{\"b\"".utf8))
        #expect(rest.map { String(decoding: $0, as: UTF8.self) } == ["{\"a\":1}", "{}"])
        #expect(throws: MCPFailure.self) {
            for _ in 0..<200 { _ = try lines.take([UInt8](repeating: 0x78, count: 32_768)) }
        }
    }

    @Test func contentBecomesText() throws {
        let result = try JSONValue(
            parsing: """
                {"content":[{"type":"text","text":"a"},{"type":"image","data":"AAAA","mimeType":"image/png"},
                {"type":"resource","resource":{"uri":"x://y","text":"b"}},{"type":"resource_link","uri":"x://z","name":"Z"},
                {"type":"strange"},7]}
                """
        )
        let text = try MCPContent.text(ofCall: result)
        #expect(text.hasPrefix("a\n[image: image/png, 3 bytes, not shown]\nb\n[resource Z: x://z]"))
        #expect(throws: ToolFailure("It broke.")) {
            try MCPContent.text(
                ofCall: JSONValue(parsing: #"{"isError":true,"content":[{"type":"text","text":"It broke."}]}"#)
            )
        }
        #expect(try MCPContent.text(ofCall: JSONValue(parsing: #"{"structuredContent":{"n":1}}"#)) == #"{"n":1}"#)
    }
}

import Engine
import Testing

@testable import Providers

/// Upstreams lie: whatever they do ends in an error that has a code and says what to do, in both dialects.
struct MisbehaviourTests {
    /// A way to begin an answer, in a dialect's words.
    struct Beginning: Sendable {
        let kind: ProviderKind
        let text: String

        static let all = [
            Beginning(kind: .custom, text: "data: {\"choices\":[{\"delta\":{\"content\":\"Begun\"}}]}\n\n"),
            Beginning(
                kind: .anthropic,
                text: "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\","
                    + "\"text\":\"Begun\"}}\n\n"
            ),
        ]
    }

    @Test(
        arguments: Beginning.all,
        [
            // Bytes after the beginning, and what they mean.
            ("", ModelError.Code.interrupted),
            ("data: {\"choices\":[{\"del", .interrupted),
            ("data: {\"choices\":[{\"del\n\n", .malformed),
            ("data: <html>oops</html>\n\n", .malformed),
            ("data: {\"type\":NaN,\"choices\":NaN}\n\n", .malformed),
            ("data: [1,2]\n\n", .malformed),
            ("data: 17\n\n", .malformed),
            ("data: {\"type\":7,\"choices\":7}\n\n", .malformed),
            ("data: {\"type\":{},\"choices\":[[]]}\n\n", .malformed),
            ("data: {}\n\n", .malformed),
            (
                "data: {\"type\":\"error\",\"error\":{\"message\":\"busy\",\"type\":\"overloaded_error\"}}\n\n",
                .unavailable
            ),
            ("data: {\"type\":\"error\",\"error\":{\"message\":\"slow\",\"code\":429}}\n\n", .rateLimited),
            ("data: {\"type\":\"error\",\"error\":\"text only\"}\n\n", .unavailable),
        ]
    )
    func afterABeginning(beginning: Beginning, rest: (bytes: String, code: ModelError.Code)) async throws {
        let server = try ScriptedServer(stream: beginning.text + rest.bytes)
        let outcome = await server.model(beginning.kind).outcome()
        #expect(outcome.text == "Begun")
        #expect(outcome.error?.code == rest.code)
        #expect(outcome.finishes.isEmpty)
        #expect(outcome.error?.message.hasSuffix(".") == true || outcome.error?.message.hasSuffix("”") == true)
    }

    @Test(arguments: Beginning.all)
    func badUTF8(beginning: Beginning) async throws {
        let json = Array(beginning.text.utf8)
        for bad: [UInt8] in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF8, 0x88, 0x80, 0x80]] {
            var bytes = Array(ScriptedServer.streamHead.utf8) + json
            let position = try #require(bytes.lastIndex(of: UInt8(ascii: "B")))
            bytes.insert(contentsOf: bad, at: position)
            let outcome = await (try ScriptedServer(bytes: bytes)).model(beginning.kind).outcome()
            #expect(outcome.text.isEmpty)
            #expect(outcome.error?.code == .malformed)
        }
    }

    @Test(arguments: Beginning.all)
    func aMegabyteInOneLine(beginning: Beginning) async throws {
        let line = "data: {\"x\":\"" + String(repeating: "y", count: 1 << 20) + "\"}\n\n"
        let server = try ScriptedServer(stream: beginning.text + line)
        let outcome = await server.model(beginning.kind).outcome()
        #expect(outcome.text == "Begun")
        #expect(outcome.error == .tooLarge)
    }

    @Test(arguments: Beginning.all)
    func endlessLine(beginning: Beginning) async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send(ScriptedServer.streamHead + "data: ")
            while peer.send("yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy") {}
        }
        #expect(await server.model(beginning.kind).outcome().error == .tooLarge)
    }

    @Test(arguments: Beginning.all)
    func aStall(beginning: Beginning) async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send(ScriptedServer.streamHead + beginning.text)
            peer.waitForClose()
        }
        var outcome = Outcome()
        // A busy machine may be slower to begin than the shortest of these is long.
        for silence in [Duration.milliseconds(500), .seconds(3), .seconds(20)] where outcome.text.isEmpty {
            outcome = await server.model(beginning.kind, limits: CallLimits(idle: silence)).outcome()
        }
        #expect(outcome.text == "Begun")
        #expect(outcome.error?.code == .timeout)
        // It goes on elsewhere, and is paid for.
        #expect(outcome.error?.isOurs == true)
    }

    @Test(arguments: Beginning.all)
    func aReset(beginning: Beginning) async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\n" + beginning.text
            )
        }
        #expect(await server.model(beginning.kind).outcome().error == .interrupted)
    }

    @Test(
        arguments: [ProviderKind.custom, .anthropic],
        [
            // A whole answer, head included, and what it means.
            (
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<!doctype html><p>Welcome</p>",
                ModelError.Code.malformed
            ),
            ("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n<html></html>", .malformed),
            ("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\u{1}\u{2}PNG", .malformed),
            ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"choices\":", .malformed),
            ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"ok\":true}", .malformed),
            ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[]", .malformed),
            ("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", .interrupted),
            ("HTTP/1.1 200 OK\r\n\r\n", .malformed),
            ("no status\r\n\r\n", .malformed),
            ("", .unreachable),
            ("HTTP/1.1 204 No Content\r\n\r\n", .malformed),
            ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n", .notConfigured),
        ]
    )
    func insteadOfAStream(kind: ProviderKind, answer: (bytes: String, code: ModelError.Code)) async throws {
        let server = try ScriptedServer(bytes: Array(answer.bytes.utf8))
        let outcome = await server.model(kind).outcome()
        #expect(outcome.pieces.isEmpty)
        #expect(outcome.error?.code == answer.code)
    }

    @Test(
        arguments: [ProviderKind.custom, .anthropic],
        [
            (400, ModelError.Code.rejected), (401, .unauthorized), (402, .rateLimited), (403, .unauthorized),
            (404, .notFound), (408, .timeout), (413, .rejected), (422, .rejected), (429, .rateLimited),
            (500, .unavailable), (502, .unavailable), (503, .unavailable), (504, .timeout), (529, .unavailable),
        ]
    )
    func statuses(kind: ProviderKind, answer: (status: Int, code: ModelError.Code)) async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.answer(
                answer.status,
                "Retry-After: 7\r\n",
                #"{"error":{"message":"The model is\u0007 busy","type":"x"}}"#
            )
        }
        let error = await server.model(kind).outcome().error
        #expect(error?.code == answer.code)
        #expect(error?.status == answer.status)
        #expect(error?.retryAfter == 7)
        let isQuoted = error?.message.contains("It said: “The model is busy”") == true
        #expect(isQuoted == (answer.code != .unauthorized))
    }

    /// The account's, or the model's name: not the request's, whatever the status.
    @Test(arguments: [
        ("billing_hard_limit_reached", ModelError.Code.rateLimited), ("billing_error", .rateLimited),
        ("invalid_model", .notFound), ("invalid_request_error", .rejected),
    ])
    func whoseMistakeItIs(word: String, code: ModelError.Code) async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.answer(400, "", #"{"error":{"message":"No.","type":"\#(word)"}}"#)
        }
        let error = await server.model(.custom).outcome().error
        #expect(error?.code == code)
    }

    /// As Anthropic says that an account is empty and Google that a key is wrong: as if the request were.
    @Test(arguments: [
        (
            #"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to "#
                + #"access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."}}"#,
            ModelError.Code.rateLimited
        ),
        (
            #"[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","#
                + #""status":"INVALID_ARGUMENT"}}]"#,
            .unauthorized
        ),
        (
            #"{"error":{"code":400,"message":"No.","status":"INVALID_ARGUMENT","#
                + #""details":[{"reason":"API_KEY_INVALID","domain":"googleapis.com"}]}}"#,
            .unauthorized
        ),
        (
            #"{"error":{"code":400,"message":"A field is unknown.","status":"INVALID_ARGUMENT"}}"#,
            .rejected
        ),
    ])
    func mistakesOfTheAccountThatLookLikeTheRequests(body: String, code: ModelError.Code) async throws {
        for kind in [ProviderKind.custom, .anthropic] {
            let server = try ScriptedServer { peer in
                _ = peer.request()
                peer.answer(400, "", body)
            }
            let error = await server.model(kind).outcome().error
            #expect(error?.code == code && error?.status == 400)
            #expect(error?.message.contains("no balance left") == (code == .rateLimited))
        }
    }

    @Test func anErrorPageOfAProxy() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.answer(502, "Content-Type: text/html\r\n", "<html><h1>Bad gateway</h1></html>")
        }
        let error = await server.model(.openai).outcome().error
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("<") == false)
    }

    @Test func nobodyThere() async {
        let endpoint = ProviderEndpoint(kind: .custom, baseURL: "http://127.0.0.1:1/v1", isTrusted: true)
        #expect(await ProviderModels.test().model(named: "m", at: endpoint).outcome().error?.code == .unreachable)
        let nowhere = ProviderEndpoint(kind: .custom, baseURL: "http://nowhere.invalid/v1", isTrusted: true)
        #expect(await ProviderModels.test().model(named: "m", at: nowhere).outcome().error?.code == .unreachable)
        let nonsense = ProviderEndpoint(kind: .custom, baseURL: "not an address", isTrusted: true)
        #expect(await ProviderModels.test().model(named: "m", at: nonsense).outcome().error?.code == .notConfigured)
    }

    @Test func silenceBeforeTheAnswer() async throws {
        let server = try ScriptedServer { $0.waitForClose() }
        var error: ModelError?
        // A busy machine may take longer to connect than the shortest of these is long.
        for silence in [Duration.milliseconds(500), .seconds(3), .seconds(20)] where error?.isOurs != true {
            error = await server.model(.openai, limits: CallLimits(idle: silence)).outcome().error
        }
        #expect(error?.code == .timeout && error?.isOurs == true)
    }

    @Test func afterTheFinishNothingMatters() async throws {
        let finish = "data: {\"choices\":[{\"delta\":{\"content\":\"All\"},\"finish_reason\":\"stop\"}]}\n\n"
        for isOpen in [true, false] {
            let server = try ScriptedServer { peer in
                _ = peer.request()
                peer.send(ScriptedServer.streamHead + finish)
                if isOpen { peer.waitForClose() } else { peer.reset() }
            }
            let limits = CallLimits(ending: .milliseconds(100))
            let outcome = await server.model(.openai, limits: limits).outcome()
            #expect(outcome.text == "All")
            #expect(outcome.finishes == [.stop])
            #expect(outcome.error == nil)
        }
    }

    @Test func tooManyToolCalls() async throws {
        let call = "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":%,\"id\":\"x\"}]}}]}\n\n"
        let stream = (0..<200).map { call.replacing("%", with: "\($0)") }.joined()
        #expect(await (try ScriptedServer(stream: stream)).model(.openai).outcome().error == .tooLarge)
    }
}

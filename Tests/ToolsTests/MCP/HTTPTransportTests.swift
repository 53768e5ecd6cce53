import Engine
import Fetch
import Foundation
import Synchronization
import Testing

@testable import Tools

/// Answers that break off, over real connections to a server of the test's own.
@Suite(.timeLimit(.minutes(3))) struct HTTPTransportTests {
    private static let stream = "HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    private let call = MCPMessage.request(id: .number(7), method: "tools/call", parameters: nil)

    private func transport(_ server: ScriptedServer) throws -> HTTPTransport {
        let place = MCPServer(id: .v7(), organisationID: .v7(), name: "harbour", transport: .http, place: server.url)
        return try HTTPTransport(place, client: FetchClient(), addresses: .any, tokens: nil)
    }

    /// What is heard of a call.
    private func heard(from server: ScriptedServer) async throws -> [MCPMessage] {
        let heard = Mutex<[MCPMessage]>([])
        try await transport(server).send(call) { message in heard.withLock { $0.append(message) } }
        return heard.withLock { $0 }
    }

    @Test func anAnswerThatBrokeOffIsTakenUpWhereItWas() async throws {
        let asked = Mutex<[String]>([])
        let server = try ScriptedServer { peer in
            guard let request = peer.request() else { return }
            let after = request.head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("last-event-id:") }
            let method = request.head.prefix { $0 != " " }
            asked.withLock { $0.append("\(method) \(after?.split(separator: " ").last ?? "-")") }
            switch (method, after?.hasSuffix("c")) {
            case ("POST", _):
                // The last event is cut off: it does not count.
                peer.send(Self.stream + "id: a\nretry: 5\ndata:\n\n")
                peer.send("id: b\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}\n\nid: x\ndata: {")
            case ("GET", false): peer.send(Self.stream + "id: c\ndata:\n\n")
            default: peer.send(Self.stream + "id: d\ndata: {\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}\n\n")
            }
        }
        let heard = try await heard(from: server)
        #expect(heard.map(\.isAnswer) == [false, true])
        #expect(asked.withLock { $0 } == ["POST -", "GET b", "GET c"])
    }

    @Test func eachRequestCarriesTheServersHeaders() async throws {
        let heads = Mutex<[String]>([])
        let server = try ScriptedServer { peer in
            while let request = peer.request() {
                heads.withLock { $0.append(request.head) }
                let json = "Content-Type: application/json\r\nMcp-Session-Id: s1\r\n"
                peer.answer(200, json, #"{"jsonrpc":"2.0","id":7,"result":{}}"#)
            }
        }
        let place = MCPServer(
            id: .v7(),
            organisationID: .v7(),
            name: "harbour",
            transport: .http,
            place: server.url,
            secrets: ["X-Team": Secret("boats"), "Authorization": Secret("Bearer of-the-server")]
        )
        let transport = try HTTPTransport(place, client: FetchClient(), addresses: .any, tokens: nil)
        try await transport.send(.request(id: .number(7), method: "initialize", parameters: nil)) { _ in }
        transport.agreed(on: "2025-06-18")
        try await transport.send(call) { _ in }
        let found = heads.withLock { $0 }.map { $0.components(separatedBy: "\r\n") }
        try #require(found.count == 2)
        for head in found {
            #expect(head.contains("X-Team: boats") && head.contains("Authorization: Bearer of-the-server"))
            #expect(head.contains("Accept: application/json, text/event-stream"))
            #expect(head.contains("Content-Type: application/json"))
        }
        let agreed = ["Mcp-Session-Id: s1", "MCP-Protocol-Version: 2025-06-18"]
        #expect(agreed.allSatisfy { found[1].contains($0) } && !agreed.contains { found[0].contains($0) })
    }

    @Test func whatIsNotNumberedIsNotAskedForAgain() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send(Self.stream + "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}\n\n")
        }
        let failure = await #expect(throws: MCPFailure.self) { try await heard(from: server) }
        #expect(failure?.message.contains("without an answer") == true && server.connections == 1)
    }

    @Test func aServerThatNeverGetsFurtherIsGivenUp() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send(Self.stream + "id: a\nretry: 1\ndata:\n\n")
        }
        await #expect(throws: MCPFailure.self) { try await heard(from: server) }
        #expect(server.connections == 6)
    }

    @Test func aServerWithoutResumptionSaysThatTheAnswerIsLost() async throws {
        let server = try ScriptedServer { peer in
            guard let request = peer.request() else { return }
            guard request.head.hasPrefix("POST") else { return peer.answer(405) }
            peer.send(Self.stream + "id: a\nretry: 1\ndata:\n\n")
        }
        let failure = await #expect(throws: MCPFailure.self) { try await heard(from: server) }
        #expect(failure?.kind == .connection && failure?.message.contains("without an answer") == true)
    }
}

import Engine
import Foundation
import HTTPTypes
import Testing
import Web

/// `/mcp` as the reference has it, held against what it answers: every call of a `Caller` is.
@Suite struct MCPDocumentTests {
    private static let messages: [(String, Int)] = [
        (#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}"#, 200),
        (#"{"jsonrpc":"2.0","id":"a","method":"ping"}"#, 200), (#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, 200),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":null}"#, 200),
        (#"{"jsonrpc":"2.0","id":1,"method":"resources/list","params":{}}"#, 200),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"none"}}"#, 200),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_agents"}}"#, 200),
        (#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, 202),
        (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, 202), (#"{"jsonrpc":"2.0","id":1,"result":{}}"#, 202),
        (#"{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}"#, 202),
        (#"{"jsonrpc":"2.0","error":{"code":-1,"message":"no"}}"#, 202),
        ("{}", 400), ("[]", 400), ("7", 400), (#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, 400),
        (#"{"id":1,"method":"ping"}"#, 400), (#"{"jsonrpc":"2.0","id":1}"#, 400),
        (#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, 400), (#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, 400),
        (#"{"jsonrpc":"2.0","id":1,"method":5}"#, 400), (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, 400),
        (#"{"jsonrpc":"2.0","result":{}}"#, 400), (#"{"jsonrpc":"2.0","id":1,"error":"no"}"#, 400),
        (#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, 400),
    ]

    @Test func aMessageIsTakenWhenItFitsItsSchemaAndNotElse() async throws {
        try await TestServer.runSite { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            let document = try await Contract.of(site.client).document
            let content = document["paths"]?["/mcp"]?["post"]?["requestBody"]?["content"]?["application/json"]
            let schema = try JSONSchema(
                .object([
                    "allOf": .array([try #require(content?["schema"])]), "components": document["components"] ?? .null,
                ])
            )
            for (message, status) in Self.messages {
                let fits = schema.validate(try JSONValue(parsing: message)).isEmpty
                #expect(fits == (status != 400), "\(message)")
                let answer = try await ada.post("/mcp", message)
                #expect(answer.status == status, "\(message): \(answer.text)")
                #expect(status != 400 || answer.number("error.code") == -32_700, "\(message)")
            }
            let long = try await ada.post("/mcp", String(repeating: "x", count: 1024 * 1024 + 1))
            #expect(long.status == 413 && long.string("error.code") == "PAYLOAD_TOO_LARGE")
        }
    }

    @Test func anAgentAnswersByAStreamWhereOneIsTaken() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            try await ada.addModel()
            let ask = #"{"name":"ask_agent","arguments":{"message":"echo"}}"#
            let call = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":\#(ask)}"#
            let whole = try await ada.post("/mcp", call)
            #expect(whole.status == 200 && whole.flag("result.isError") == false, "\(whole.text)")
            let stream = try await ada.post("/mcp", call, headers: [.accept: "text/event-stream"])
            #expect(stream.headers[.contentType]?.hasPrefix("text/event-stream") == true)
            #expect(stream.text.contains("event: message\ndata: ") && stream.text.contains(#""isError":false"#))
        }
    }

    @Test func sessionsAndTheStreamThatIsNone() async throws {
        try await TestServer.run { caller in
            let ada = try await caller.newcomer("ada")
            let hello = try await ada.post("/mcp", #"{"jsonrpc":"2.0","id":1,"method":"initialize"}"#)
            let session = try #require(hello.headers[.mcpSessionID])
            #expect(UUID(uuidString: session) != nil)
            for (name, status) in [(session, 204), ("none", 404)] {
                let ended = try await ada.call(.delete, "/mcp", body: nil, headers: [.mcpSessionID: name])
                #expect(ended.status == status)
            }
            let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
            #expect(try await ada.post("/mcp", ping, headers: [.mcpSessionID: session]).status == 200)
            #expect(try await ada.post("/mcp", ping, headers: [.mcpSessionID: "none"]).status == 404)
            let stream = try await ada.get("/mcp", headers: [.accept: "text/event-stream"])
            #expect(stream.status == 405 && stream.headers[.allow] == "POST, DELETE")
            #expect(stream.string("error.code") == "METHOD_NOT_ALLOWED")
            #expect(try await ada.put("/mcp", ping).headers[.allow] == "HEAD, POST, GET, DELETE")
            #expect(try await caller.get("/mcp").status == 401)
        }
    }

    /// What is said of all calls, and does not hold here, is not said here.
    @Test func nothingIsDeclaredThatIsNotSo() async throws {
        try await TestServer.runSite { site in
            let path = try #require(try await Contract.of(site.client).document["paths"]?["/mcp"])
            let headers = ["post", "get", "delete"].map { method in
                (path[method]?["parameters"]?.array ?? []).compactMap { $0["name"]?.string }
            }
            #expect(headers == [["Mcp-Session-Id"], [], ["Mcp-Session-Id"]])
            let answers = path["post"]?["responses"]
            #expect(answers?["200"]?["content"]?.object?.keys.sorted() == ["application/json", "text/event-stream"])
            #expect(answers?["202"] != nil && answers?["202"]?["content"] == nil)
            #expect(answers?["400"]?["content"]?["application/json"]?["schema"]?["anyOf"]?.array?.count == 2)
            #expect(answers?["415"] == nil, "nobody is asked what they call their JSON")
            let refusals = (path["get"]?["responses"]?.object ?? [:]).keys
            #expect(refusals.contains("405") && refusals.allSatisfy { $0 >= "400" })
        }
    }
}

import Foundation
import HTTPTypes
import Testing
import Web

/// Programs that ask an agent do not wait for what only a person can move.
@Suite struct MCPAskingTests {
    private static let body = """
        {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ask_agent","arguments":{"message":"ask"}}}
        """

    /// Of one session: the same call again finds its run.
    private func session(streams: Bool) -> HTTPFields {
        [
            .mcpSessionID: UUID().uuidString.lowercased(),
            .accept: streams ? "application/json, text/event-stream" : "application/json",
        ]
    }

    @Test(arguments: [false, true]) func aRunThatRestsIsToldWithWhatMovesIt(streams: Bool) async throws {
        try await TestServer.run { caller in
            let program = try await caller.newcomer("one")
            try await program.addModel()
            let headers = session(streams: streams)
            func ask() async throws -> [String: Any] {
                try Self.result(of: await program.post("/mcp", Self.body, headers: headers))
            }
            let asked = try await ask()
            let rest = try #require(asked["structuredContent"] as? [String: Any], "\(asked)")
            let run = try #require(rest["run_id"] as? String)
            let talk = try #require(rest["conversation_id"] as? String)
            let waiting = try #require((rest["waiting_for"] as? [[String: Any]])?.first)
            let call = try #require(waiting["call_id"] as? String)
            #expect(asked["isError"] as? Bool == true && rest["state"] as? String == "waiting")
            #expect(waiting["tool_name"] as? String == "ask_person" && waiting["kind"] as? String == "question")
            #expect((waiting["tool_input"] as? [String: Any])?["question"] as? String == "Which colour?")
            let answer = "/v1/runs/\(run)/approvals/\(call)"
            #expect(Self.text(asked).contains(answer) && Self.text(asked).contains("get_conversation of \(talk)"))

            #expect(try await program.post("/v1/runs/\(run)/pause").string("data.state") == "paused")
            let paused = try await ask()
            let still = try #require(paused["structuredContent"] as? [String: Any], "\(paused)")
            #expect(still["state"] as? String == "paused" && still["run_id"] as? String == run)
            #expect(Self.text(paused).contains("/v1/runs/\(run)/resume"))

            #expect(try await program.post("/v1/runs/\(run)/resume").status == 202)
            #expect(try await program.post(answer, #"{"answer":"red"}"#).status == 202)
            let told = try await ask()
            #expect(told["isError"] as? Bool == false && Self.text(told) == "told red", "\(told)")
        }
    }

    /// Of an answer, or of the last event of a stream.
    private static func result(of answer: Answer) throws -> [String: Any] {
        let record = answer.text.split(separator: "\n").last { $0.hasPrefix("data: ") }?.dropFirst(6)
        let message = try JSONSerialization.jsonObject(with: Data(String(record ?? answer.text[...]).utf8))
        return try #require((message as? [String: Any])?["result"] as? [String: Any], "\(answer.text)")
    }

    private static func text(_ result: [String: Any]) -> String {
        ((result["content"] as? [[String: Any]])?.first?["text"] as? String) ?? ""
    }
}

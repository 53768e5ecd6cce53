import Engine
import Foundation
import HTTPTypes
import Testing
import Web

/// Whoever waits for an answer hears of it when the answer waits for them; and of what tools say.
@Suite struct RestingRunTests {
    @Test func aRunThatAsksIsToldWithWhatItAsks() async throws {
        try await Self.withTalk { program, path in
            let key: HTTPFields = [.idempotencyKey: "one"]
            let asked = try await program.post(path, #"{"content":"ask"}"#, headers: key)
            #expect(asked.status == 202 && asked.string("data.state") == "waiting", "\(asked.text)")
            #expect(asked.count("data.waiting_for") == 1 && asked.string("data.waiting_for.0.kind") == "question")
            let run = try #require(asked.string("data.run_id"))
            #expect(asked.headers[.location] == "/v1/runs/\(run)")
            // The same message again waits for the same answer, and finds the run resting or done.
            #expect(try await program.post(path, #"{"content":"ask"}"#, headers: key).string("data.run_id") == run)
            let call = try #require(asked.string("data.waiting_for.0.call_id"))
            #expect(try await program.post("/v1/runs/\(run)/pause").string("data.state") == "paused")
            let paused = try await program.post(path, #"{"content":"ask"}"#, headers: key)
            #expect(paused.status == 202 && paused.string("data.state") == "paused")
            #expect(try await program.post("/v1/runs/\(run)/resume").status == 202)
            let answer = "/v1/runs/\(run)/approvals/\(call)"
            #expect(try await program.post(answer, #"{"answer":"red"}"#).status == 202)
            let answered = try await program.post(path, #"{"content":"ask"}"#, headers: key)
            #expect(answered.status == 200 && answered.string("data.content") == "told red", "\(answered.text)")
        }
    }

    /// An object is one on the streams; what the model is told, and what the steps show, is the text to the letter.
    @Test func whatAToolSaysAsAnObjectIsOneOnTheStream() async throws {
        try await Self.withTalk { program, path in
            let made = try await program.post(
                "/v1/tools",
                #"{"name":"mirror","description":"Says it again.","definition":{"code":"cat"}}"#
            )
            let tool = try #require(made.string("data.tool_id"))
            let maker = try await program.post("/v1/agents", #"{"name":"mine","instruction":"Be brief."}"#)
            let agent = try #require(maker.string("data.agent_id"))
            let granted = try await program.post("/v1/agents/\(agent)/tools", #"{"tool_id":"\#(tool)"}"#)
            #expect(granted.status == 201, "\(granted.text)")
            let content = #"call mirror {\"b\": [1, 2.50], \"a\": {\"c\": null}}"#
            let streamed = try await program.post(
                path,
                #"{"content":"\#(content)","agent_id":"\#(agent)"}"#,
                headers: [.accept: "text/event-stream"]
            )
            let frames = Frame.all(in: streamed.text)
            let told = try #require(frames.first { $0.type == "tool_result" }, "\(streamed.text)")
            let result = try #require(told["result"] as? [String: Any])
            #expect(result["b"] as? [Double] == [1, 2.5] && (result["a"] as? [String: Any])?["c"] is NSNull)
            let text = #"{"a":{"c":null},"b":[1,2.5]}"#
            #expect(frames.last { $0.type == "message_complete" }?.string("final_content") == "told " + text)
            let run = try #require(told.string("run_id"))
            let steps = try await program.get("/v1/runs/\(run)/steps")
            #expect(steps.string("data.0.tool_calls.0.result") == text, "\(steps.text)")
            let call = try #require(told.string("call_id"))
            #expect(try await program.get("/v1/runs/\(run)/results/\(call)").string("data.result") == text)
        }
    }

    /// A program with a model, whose assistant may ask; and where its messages go.
    private static func withTalk(_ body: @escaping @Sendable (Caller, String) async throws -> Void) async throws {
        try await TestServer.run { caller in
            let program = try await caller.newcomer("one")
            try await program.addModel()
            let talk = try await program.newConversation()
            try await body(program, "/v1/conversations/\(talk)/messages")
        }
    }
}

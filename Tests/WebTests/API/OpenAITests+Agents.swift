import Engine
import Foundation
import HTTPTypes
import Storage
import Testing
import Web

/// Agents behind the API of OpenAI.
extension OpenAITests {
    @Test func anAgentAnswersInAnArchivedConversation() async throws {
        try await Self.withModel { program in
            let messages = """
                [{"role":"system","content":"Be brief."},{"role":"user","content":"echo one"},
                {"role":"assistant","content":"one"},{"role":"user","content":"echo two"}]
                """
            let body = #"{"model":"assistant","messages":\#(messages)}"#
            let answer = try await program.post(Self.chat, body)
            #expect(answer.status == 200 && answer.string("model") == "assistant")
            #expect(answer.string("choices.0.message.content") == "echo two ")
            #expect(answer.number("usage.prompt_tokens") == 10)
            let run = try #require(answer.headers[.init("X-Run-Id")!])
            let record = try await program.get("/v1/runs/\(run)")
            let talk = try #require(record.string("data.conversation_id"))
            #expect(try await program.get("/v1/conversations?is_archived=false").count("data") == 0)
            let kept = try await program.get("/v1/conversations?is_archived=true")
            #expect(kept.string("data.0.conversation_id") == talk && kept.string("data.0.tags.0") == "api")
            let said = try await program.get("/v1/conversations/\(talk)/messages")
            let contents = (0..<5).map { said.string("data.\($0).content") ?? "" }
            #expect(
                contents[0].hasSuffix("Be brief.")
                    && Array(contents[1...]) == ["echo one", "one", "echo two", "echo two "]
            )
            let streamed = try await program.post(Self.chat, body.replacing("}]}", with: #"}],"stream":true}"#))
            #expect(streamed.text.contains(#"{"content":"echo two "}"#) && streamed.text.hasSuffix("data: [DONE]\n\n"))
            let byID = body.replacing(#""assistant","messages""#, with: #""agent:assistant","messages""#)
            #expect(try await program.post(Self.chat, byID).status == 200)
        }
    }

    @Test func whatAnAgentCannotDoIsRefused() async throws {
        try await Self.withModel { program in
            let tool = #""tools":[{"type":"function","function":{"name":"x"}}]"#
            for (fields, param) in [
                (tool, "tools"), (#""stop":"x""#, "stop"),
                (#""response_format":{"type":"json_object"}"#, "response_format"),
            ] {
                let body = Self.body(fields).replacing("large", with: "assistant")
                let answer = try await program.post(Self.chat, body)
                #expect(answer.status == 400 && answer.string("error.param") == param, "\(answer.text)")
                #expect(answer.string("error.code") == "unsupported_parameter", "\(answer.text)")
            }
            let picture = #"{"type":"image_url","image_url":{"url":"https://example.org/p.png"}}"#
            let call = #"{"id":"c","type":"function","function":{"name":"x","arguments":"{}"}}"#
            for (message, param) in [
                (#"{"role":"user","content":[\#(picture)]}"#, "messages[0].content"),
                (
                    #"{"role":"assistant","tool_calls":[\#(call)]},{"role":"tool","tool_call_id":"c","content":"y"}"#,
                    "messages[0].tool_calls"
                ),
            ] {
                let answer = try await program.post(Self.chat, #"{"model":"assistant","messages":[\#(message)]}"#)
                #expect(answer.status == 400 && answer.string("error.param") == param, "\(answer.text)")
                #expect(answer.string("error.code") == "unsupported_parameter", "\(answer.text)")
            }
            let last = #"{"model":"assistant","messages":[{"role":"assistant","content":"x"}]}"#
            let unasked = try await program.post(Self.chat, last)
            #expect(unasked.string("error.param") == "messages" && unasked.string("error.code") == "invalid_value")
            #expect(try await program.get("/v1/conversations?is_archived=true").count("data") == 0)
            let failed = try await program.post(
                Self.chat,
                Self.body("", says: "fail").replacing("large", with: "assistant")
            )
            #expect(failed.status == 502 && failed.string("error.code") == "model_interrupted")
            let limited = try await program.post(
                Self.chat,
                Self.body("", says: "limit").replacing("large", with: "assistant")
            )
            #expect(limited.status == 429 && limited.string("error.code") == "rate_limit_exceeded")
        }
    }

    /// What a model says in place of an answer is what its agent says.
    @Test func anAgentsRefusalIsItsAnswer() async throws {
        try await Self.withModel { program in
            let body = Self.body("", says: "refuse I will not").replacing("large", with: "assistant")
            let answer = try await program.post(Self.chat, body)
            #expect(answer.string("choices.0.message.content") == "I will not ")
        }
    }

    @Test func anAgentThatWaitsForAPersonSaysSo() async throws {
        try await TestServer.runSite { site in
            let program = try await Caller(client: site.client).newcomer("ada")
            try await program.addModel()
            let body = Self.body("", says: "ask").replacing("large", with: "assistant")
            for body in [body, body.replacing("}]}", with: #"}],"stream":true}"#)] {
                let answer = try await program.post(Self.chat, body)
                #expect(
                    answer.status == 403 && answer.string("error.code") == "approval_required",
                    "\(answer.text)"
                )
            }
            #expect(try await program.get("/v1/approvals").count("data") == 2)
        }
    }

    @Test func aPausedAgentIsNotWaitedFor() async throws {
        try await Self.withModel { program in
            let key: HTTPFields = [.idempotencyKey: "one"]
            let body = Self.body("", says: "ask").replacing("large", with: "assistant")
            #expect(try await program.post(Self.chat, body, headers: key).status == 403)
            let run = try #require(try await program.get("/v1/approvals").string("data.0.run_id"))
            #expect(try await program.post("/v1/runs/\(run)/pause").string("data.state") == "paused")
            for body in [body, body.replacing("}]}", with: #"}],"stream":true}"#)] {
                let answer = try await program.post(Self.chat, body, headers: key)
                #expect(answer.status == 409 && answer.string("error.code") == "run_paused", "\(answer.text)")
                #expect(answer.text.contains("/v1/runs/\(run)/resume"))
            }
        }
    }

    /// The key brings the same run, whole or streamed, however often; other words with it are refused.
    @Test func aKeyBeginsAnAgentsRunOnce() async throws {
        try await Self.withModel { program in
            let key: HTTPFields = [.idempotencyKey: "one"]
            let body = Self.body("", says: "echo two").replacing("large", with: "assistant")
            let first = try await program.post(Self.chat, body, headers: key)
            let run = try #require(first.headers[.runID])
            let again = try await program.post(Self.chat, body, headers: key)
            #expect(again.status == 200 && again.headers[.runID] == run)
            #expect(again.string("choices.0.message.content") == first.string("choices.0.message.content"))
            let streamed = try await program.post(
                Self.chat,
                body.replacing("}]}", with: #"}],"stream":true}"#),
                headers: key
            )
            #expect(streamed.headers[.runID] == run && streamed.text.contains(#"{"content":"echo two "}"#))
            let before = #"{"role":"user","content":"before"},{"role":"assistant","content":"x"},"#
            for other in [
                body.replacing("echo two", with: "echo three"),
                body.replacing(#""messages":["#, with: #""messages":["# + before),
            ] {
                let refused = try await program.post(Self.chat, other, headers: key)
                #expect(refused.status == 409 && refused.headers[.shouldRetry] == "false", "\(refused.text)")
            }
            let other = try await program.post(Self.chat, body, headers: [.idempotencyKey: "two"])
            #expect(other.status == 200 && other.headers[.runID] != run)
            #expect(try await program.get("/v1/conversations?is_archived=true").count("data") == 2)
        }
    }
}

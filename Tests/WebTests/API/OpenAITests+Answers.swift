import Foundation
import HTTPTypes
import Testing
import Web

/// What a model's answer is told as, and what is done about what it cannot do.
extension OpenAITests {
    /// As OpenAI's own API tells them: not as an answer, so that nobody reads one in them.
    @Test func aRefusalIsNoContent() async throws {
        try await Self.withModel { program in
            let whole = try await program.post(Self.chat, Self.body("", says: "refuse I will not"))
            #expect(whole.string("choices.0.message.refusal") == "I will not ")
            #expect(whole["choices.0.message.content"] == nil && whole.text.contains(#""content":null"#))
            let streamed = try await program.post(Self.chat, Self.body(#""stream":true"#, says: "refuse I will not"))
            let begin = #""delta":{"role":"assistant","content":null,"refusal":""}"#
            #expect(streamed.text.contains(begin) && streamed.text.contains(#""delta":{"refusal":"not "}"#))
            #expect(!streamed.text.contains(#""delta":{"content""#))
            let plain = try await program.post(Self.chat, Self.body(""))
            #expect(plain.text.contains(#""refusal":null"#))
        }
    }

    @Test(arguments: ["length", "content_filter"])
    func whyAnAnswerEndedIsTold(reason: String) async throws {
        try await Self.withModel { program in
            let whole = try await program.post(Self.chat, Self.body("", says: "end \(reason)"))
            #expect(whole.string("choices.0.finish_reason") == reason)
            let streamed = try await program.post(Self.chat, Self.body(#""stream":true"#, says: "end \(reason)"))
            #expect(streamed.text.contains(#""finish_reason":"\#(reason)""#))
        }
    }

    @Test func aProvidersTroubleHasAStatusOfItsOwn() async throws {
        try await Self.withModel { program in
            let moved = try await program.post(Self.chat, Self.body("", says: "move"))
            #expect(moved.status == 409 && moved.string("error.code") == "model_not_configured")
            #expect(moved.headers[.shouldRetry] == "false" && moved.string("error.type") == "invalid_request_error")
            let method = try await program.get(Self.chat)
            #expect(method.status == 405 && method.headers[.allow]?.contains("POST") == true)
            #expect(method.string("error.type") == "invalid_request_error")
            // The last: its provider is left alone from now on.
            let limited = try await program.post(Self.chat, Self.body("", says: "limit"))
            #expect(limited.status == 429 && limited.headers[.retryAfter] == "7")
        }
    }

    @Test func picturesAreForModelsThatSee() async throws {
        try await Self.withModel { program in
            let picture = #"{"type":"image_url","image_url":{"url":"https://example.org/p.png","detail":"low"}}"#
            let body = #"{"model":"large","messages":[{"role":"user","content":[\#(picture)]}]}"#
            let refused = try await program.post(Self.chat, body)
            #expect(refused.status == 400 && refused.string("error.code") == "unsupported_parameter")
            #expect(refused.string("error.param") == "messages")
            let detail = try await program.post(Self.chat, body.replacing(#""low""#, with: "7"))
            #expect(detail.string("error.param") == "messages[0].content[0].image_url.detail")
        }
    }

    @Test func whatIsNotKnownIsIgnored() async throws {
        try await Self.withModel { program in
            let fields = #""colour":"blue","user":"ada","store":true,"service_tier":"auto","stop":"x","logit_bias":{}"#
            let answer = try await program.post(Self.chat, Self.body(fields))
            #expect(answer.status == 200)
            let tool = #""tools":[{"type":"function","function":{"name":"add"}}]"#
            let choice = #""tool_choice":{"type":"function","function":{"name":"add"}}"#
            let called = try await program.post(Self.chat, Self.body(tool + "," + choice))
            #expect(called.status == 200)
        }
    }
}

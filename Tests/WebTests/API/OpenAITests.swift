import Engine
import Foundation
import HTTPTypes
import Storage
import Testing
import Web

/// OpenAI's API: what its clients send, and every shape of its errors.
@Suite struct OpenAITests {
    static let chat = "/openai/v1/chat/completions"

    static func body(_ fields: String, says words: String = "echo hello") -> String {
        #"{"model":"large","messages":[{"role":"user","content":"\#(words)"}]\#(fields.isEmpty ? "" : ",")\#(fields)}"#
    }

    static func withModel(_ body: @escaping @Sendable (Caller) async throws -> Void) async throws {
        try await TestServer.run { caller in
            let program = try await caller.newcomer("ada")
            try await program.addModel()
            try await body(program)
        }
    }

    @Test func aCompletionIsWholeAndPaidAndNothingIsKept() async throws {
        try await Self.withModel { program in
            let answer = try await program.post(Self.chat, Self.body(""))
            #expect(answer.status == 200 && answer.string("object") == "chat.completion")
            #expect(answer.string("id")?.hasPrefix("chatcmpl-") == true && answer.string("model") == "large")
            #expect(answer.string("choices.0.message.content") == "echo hello ")
            #expect(answer.string("choices.0.finish_reason") == "stop")
            #expect(answer.number("usage.prompt_tokens") == 10 && answer.number("usage.total_tokens") == 12)
            let usage = try await program.get("/v1/usage?group_by=agent")
            #expect(usage.string("data.0.name") == "API" && usage.number("data.0.calls") == 1)
            #expect(try await program.get("/v1/conversations").count("data") == 0)
        }
    }

    @Test func aStreamIsChunksAndAnEnd() async throws {
        try await Self.withModel { program in
            let fields = #""stream":true,"stream_options":{"include_usage":true}"#
            let answer = try await program.post(Self.chat, Self.body(fields, says: "echo “a”"))
            #expect(answer.headers[.contentType]?.hasPrefix("text/event-stream") == true)
            let frames = answer.text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
            #expect(frames.allSatisfy { $0.hasPrefix("data: ") } && frames.last == "data: [DONE]")
            let chunks = try frames.dropLast().map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.dropFirst(6).utf8)) as? [String: Any])
            }
            let deltas = chunks.compactMap { (($0["choices"] as? [[String: Any]])?.first?["delta"] as? [String: Any]) }
            #expect(deltas.first?["role"] as? String == "assistant")
            #expect(deltas.compactMap { $0["content"] as? String }.joined() == "echo “a” ")
            #expect((chunks.last?["usage"] as? [String: Any])?["total_tokens"] as? Int == 12)
            #expect(chunks.dropLast().allSatisfy { $0["usage"] is NSNull })
        }
    }

    @Test func aCallOfTheCallersToolIsGivenToTheCaller() async throws {
        try await Self.withModel { program in
            let tools = #""tools":[{"type":"function","function":{"name":"add","parameters":{"type":"object"}}}]"#
            let words = #"call add {\"a\":1}"#
            let whole = try await program.post(Self.chat, Self.body(tools, says: words))
            #expect(whole.string("choices.0.finish_reason") == "tool_calls")
            #expect(whole["choices.0.message.content"] == nil)
            #expect(whole.string("choices.0.message.tool_calls.0.function.arguments") == #"{"a":1}"#)
            let streamed = try await program.post(Self.chat, Self.body(tools + #","stream":true"#, says: words))
            #expect(streamed.text.contains(#""tool_calls":[{"index":0,"id":"c","type":"function""#))
            #expect(streamed.text.contains(#""finish_reason":"tool_calls""#))
        }
    }

    @Test func aProviderThatFailsIsAnErrorBeforeAndWithinAStream() async throws {
        try await Self.withModel { program in
            let whole = try await program.post(Self.chat, Self.body("", says: "fail"))
            #expect(whole.status == 502 && whole.string("error.type") == "server_error")
            #expect(whole.string("error.code") == "model_interrupted")
            let streamed = try await program.post(Self.chat, Self.body(#""stream":true"#, says: "fail"))
            let frames = streamed.text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
            #expect(streamed.status == 200 && frames.last?.contains(#""code":"model_interrupted""#) == true)
        }
    }

    /// What the server itself refuses has the same shape as what a provider does.
    @Test func whoAsksTooMuchIsRefusedInOpenAIsWords() async throws {
        try await TestServer.runSite(rateLimits: RateLimits(perUser: 100, perKey: 1)) { site in
            let ada = try await Caller(client: site.client).newcomer("ada")
            let made = try await ada.post("/v1/api-keys", #"{"name":"x","scopes":["openai"]}"#)
            var program = ada
            program.token = made.string("data.key")
            #expect(try await program.get("/openai/v1/models").status == 200)
            let refused = try await program.post(Self.chat, Self.body(""))
            #expect(refused.status == 429 && refused.string("error.code") == "rate_limit_exceeded", "\(refused.text)")
            #expect(refused.string("error.type") == "requests" && refused.string("error.message") != nil)
            #expect((1...60).contains(refused.headers[.retryAfter].flatMap(Int.init) ?? 0))
            #expect(refused.headers[.rateLimitRemaining] == "0")
        }
    }

    @Test func whatIsTooLongIsRefusedInOpenAIsWords() async throws {
        try await Self.withModel { program in
            let words = String(repeating: "x", count: 32 * 1024 * 1024 + 1)
            for (path, body) in [(Self.chat, Self.body("", says: words)), ("/openai/v1/embeddings", words)] {
                let refused = try await program.post(path, body)
                #expect(refused.status == 413 && refused.string("error.type") == "invalid_request_error", "\(path)")
                #expect(refused.keys("error") == ["message", "type", "param", "code"])
            }
        }
    }

    @Test func whoMayNotAsk() async throws {
        try await Self.withModel { program in
            var nobody = program
            nobody.token = nil
            let anonymous = try await nobody.post(Self.chat, Self.body(""))
            #expect(anonymous.status == 401 && anonymous.headers[.wwwAuthenticate] == "Bearer")
            #expect(anonymous.string("error.code") == "invalid_api_key")
            #expect(anonymous.string("error.type") == "invalid_request_error")
            for (scope, status) in [("mcp", 403), ("openai", 200)] {
                let made = try await program.post("/v1/api-keys", #"{"name":"x","scopes":["\#(scope)"]}"#)
                var keyed = program
                keyed.token = made.string("data.key")
                #expect(try await keyed.get("/openai/v1/models").status == status)
            }
            let lost = try await program.get("/openai/v1/nothing")
            #expect(lost.status == 404 && lost.string("error.code") == "unknown_url")
            let agent = try await program.get("/openai/v1/models/assistant")
            #expect(agent.string("kind") == "agent" && agent.string("id") == "assistant")
            let model = try await program.get("/openai/v1/models/who%2Fknows")
            #expect(model.status == 404 && model.string("error.code") == "model_not_found")
            #expect(model.string("error.message")?.contains("who/knows") == true)
        }
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        var body: String
        var param: String?
        var code: String?
        var status = 400

        var testDescription: String { String(body.prefix(120)) }

        init(_ fields: String, _ param: String?, _ code: String? = "invalid_value") {
            self.init(body: OpenAITests.body(fields), param, code)
        }

        init(body: String, _ param: String?, _ code: String? = "invalid_value", status: Int = 400) {
            (self.body, self.param, self.code, self.status) = (body, param, code, status)
        }

        init(messages: String, _ param: String, _ code: String? = "invalid_value") {
            self.init(body: #"{"model":"large","messages":\#(messages)}"#, param, code)
        }
    }

    private static let missing = "missing_required_parameter"

    static let wrong =
        [
            Wrong(body: "{", nil, nil), Wrong(body: "[]", nil, nil),
            Wrong(body: #"{"messages":[]}"#, "model", missing), Wrong(body: #"{"model":"large"}"#, "messages", missing),
            Wrong(body: #"{"model":"","messages":[]}"#, "model"),
            Wrong(body: #"{"model":7,"messages":[]}"#, "model", "invalid_type"),
            Wrong(body: body("").replacing("large", with: "other"), "model", "model_not_found", status: 404),
            Wrong(messages: "[]", "messages"), Wrong(messages: "7", "messages", "invalid_type"),
            Wrong(messages: #"[{"role":"king","content":"x"}]"#, "messages[0].role"),
            Wrong(messages: #"[{"content":"x"}]"#, "messages[0].role", missing),
            Wrong(messages: #"[{"role":"user"}]"#, "messages[0].content", missing),
            Wrong(messages: #"[{"role":"assistant"}]"#, "messages[0].content", missing),
            Wrong(messages: #"[{"role":"user","content":7}]"#, "messages[0].content", "invalid_type"),
            Wrong(messages: #"[{"role":"user","content":[{"type":"audio"}]}]"#, "messages[0].content[0].type"),
            Wrong(messages: #"[{"role":"tool","tool_call_id":"x","content":"x"}]"#, "messages[0].tool_call_id"),
            Wrong(#""n":2"#, "n", "unsupported_parameter"),
            Wrong(#""logprobs":true"#, "logprobs", "unsupported_parameter"),
            Wrong(#""top_logprobs":3"#, "top_logprobs", "unsupported_parameter"),
            Wrong(#""functions":[]"#, "functions", "unsupported_parameter"),
            Wrong(#""modalities":["audio"]"#, "modalities", "unsupported_parameter"),
            Wrong(#""moderation":{"model":"x"}"#, "moderation", "unsupported_parameter"),
            Wrong(#""verbosity":7"#, "verbosity", "invalid_type"),
            Wrong(#""logit_bias":[1]"#, "logit_bias", "invalid_type"), Wrong(#""logit_bias":{"x":1}"#, "logit_bias"),
            Wrong(#""logit_bias":{"5":101}"#, "logit_bias.5"),
            Wrong(#""logit_bias":{"5":null}"#, "logit_bias.5", "invalid_type"),
            Wrong(#""temperature":3"#, "temperature"), Wrong(#""temperature":"x""#, "temperature", "invalid_type"),
            Wrong(#""top_p":2"#, "top_p"), Wrong(#""presence_penalty":-3"#, "presence_penalty"),
            Wrong(#""max_tokens":0"#, "max_tokens"),
            Wrong(#""max_completion_tokens":1.5"#, "max_completion_tokens", "invalid_type"),
            Wrong(#""seed":"x""#, "seed", "invalid_type"), Wrong(#""stop":["a","b","c","d","e"]"#, "stop"),
            Wrong(#""stream":"yes""#, "stream", "invalid_type"),
            Wrong(#""stream_options":{"include_usage":true}"#, "stream_options"),
            Wrong(#""tools":[{"type":"custom"}]"#, "tools[0].type"),
            Wrong(#""tools":[{"type":"function","function":{"name":"a b"}}]"#, "tools[0].function.name"),
            Wrong(#""tool_choice":"required""#, "tool_choice"), Wrong(#""tool_choice":"x""#, "tool_choice"),
            Wrong(#""tool_choice":{"type":"function","function":{"name":"x"}}"#, "tool_choice.function.name"),
            Wrong(#""response_format":{"type":"xml"}"#, "response_format.type"),
            Wrong(#""response_format":{"type":"json_schema"}"#, "response_format.json_schema", missing),
        ]
        + [
            "file:///etc/passwd", "http://example.org/p.png", "https://127.0.0.1/p.png", "https://[::1]/p.png",
            "https://2130706433/p.png",
            "https://localhost/p.png", "https://metadata.google.internal/x", "https://intranet/p.png",
            "https://0x7f.1/p.png",
        ].map { address in
            Wrong(
                messages: #"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"\#(address)"}}]}]"#,
                "messages[0].content[0].image_url.url"
            )
        }

    /// All of them at one server.
    @Test func whatIsWrongIsNamed() async throws {
        try await Self.withModel { program in
            for wrong in Self.wrong {
                let answer = try await program.post(Self.chat, wrong.body)
                #expect(answer.status == wrong.status, "\(wrong.body) got \(answer.text)")
                #expect(answer.string("error.param") == wrong.param, "\(wrong.body) got \(answer.text)")
                #expect(answer.string("error.code") == wrong.code, "\(wrong.body) got \(answer.text)")
                #expect(answer.string("error.type") == "invalid_request_error")
                #expect(answer.keys("error") == ["message", "type", "param", "code"])
                #expect(answer.string("error.message")?.isEmpty == false)
            }
        }
    }

    @Test func aKeyBringsAModelsWholeAnswerAgain() async throws {
        try await Self.withModel { program in
            let key: HTTPFields = [.idempotencyKey: "one"]
            let first = try await program.post(Self.chat, Self.body(""), headers: key)
            let again = try await program.post(Self.chat, Self.body(""), headers: key)
            #expect(first.status == 200 && again.status == 200 && again.text == first.text)
            #expect(again.headers[.idempotentReplayed] == "true")
            let other = try await program.post(Self.chat, Self.body("", says: "other"), headers: key)
            #expect(other.status == 409 && other.string("error.message") != nil)
            let anew = try await program.post(Self.chat, Self.body(""))
            #expect(anew.string("id") != first.string("id"))
        }
    }

    @Test func embeddingsAreForModelsThatMakeThem() async throws {
        try await Self.withModel { program in
            let bodies = [
                (#"{"model":"large","input":"x"}"#, 404, "model"), (#"{"model":"large"}"#, 400, "input"),
                // There is no default: another model's vectors mean something else.
                (#"{"input":"x"}"#, 400, "model"), (#"{"model":"default","input":"x"}"#, 404, "model"),
                (#"{"model":"large","input":[]}"#, 400, "input"), (#"{"model":"large","input":[""]}"#, 400, "input[0]"),
                (#"{"model":"large","input":"x","encoding_format":"hex"}"#, 400, "encoding_format"),
                (#"{"model":"large","input":"x","dimensions":0}"#, 400, "dimensions"),
            ]
            for (body, status, param) in bodies {
                let answer = try await program.post("/openai/v1/embeddings", body)
                #expect(answer.status == status && answer.string("error.param") == param, "\(body) got \(answer.text)")
            }
        }
    }
}

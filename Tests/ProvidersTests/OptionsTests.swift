import Engine
import Fetch
import Foundation
import Testing

@testable import Providers

/// What programs ask beyond what agents do, in each vendor's words.
struct OptionsTests {
    private var request: ModelRequest {
        var request = ModelRequest(
            instruction: "Be brief.",
            messages: [
                .user(
                    "Hi",
                    pictures: [ModelPicture(fileID: .v7(), name: "p", mediaType: "", address: "https://x/p.png")]
                ),
                .system("In verse."),
            ],
            tools: [ToolDescription(name: "f", description: "F", schema: #"{"type":"object"}"#, isStrict: true)]
        )
        request.options.stop = ["END"]
        request.options.topP = 0.5
        request.options.seed = 7
        request.options.toolUse = .tool("f")
        request.options.parallelTools = false
        return request
    }

    private func endpoint(_ kind: ProviderKind) -> ProviderEndpoint {
        ProviderEndpoint(kind: kind, baseURL: "http://h/v1", apiKey: Secret("key"), isTrusted: true)
    }

    @Test func inOpenAIsWords() throws {
        var request = request
        request.options.format = .schema(name: "s", description: nil, schema: #"{"b":1,"a":2}"#, isStrict: true)
        request.options.logitBias = #"{"5":-100}"#
        request.options.verbosity = "low"
        request.options.reasoningEffort = "high"
        let bytes = try #require(OpenAIDialect(model: "m", endpoint: endpoint(.custom)).call(request).body)
        let text = String(decoding: bytes, as: UTF8.self)
        let body = try #require(JSONValue(bytes))
        let expected = #"""
            {"stop":["END"],"top_p":0.5,"seed":7,"parallel_tool_calls":false,
            "tool_choice":{"type":"function","function":{"name":"f"}},
            "logit_bias":{"5":-100},"verbosity":"low","reasoning_effort":"high"}
            """#
        for (name, value) in try #require(JSONValue(Array(expected.utf8))?.object) { #expect(body[name] == value) }
        #expect(text.contains(#""json_schema":{"name":"s","schema":{"b":1,"a":2},"strict":true}"#))
        #expect(text.contains(#""parameters":{"type":"object"},"strict":true"#))
        #expect(text.contains(#"{"type":"image_url","image_url":{"url":"https://x/p.png"}}"#))
        #expect(text.hasPrefix(#"{"model":"m","messages":[{"role":"system","content":"Be brief."}"#))
        #expect(text.contains(#"{"role":"system","content":"In verse."}],"stream""#))
    }

    @Test func inAnthropicsWords() throws {
        let bytes = try #require(AnthropicDialect(model: "m", endpoint: endpoint(.anthropic)).call(request).body)
        let body = try #require(JSONValue(bytes))
        #expect(body["system"]?.string == "Be brief.\n\nIn verse.")
        #expect(body["stop_sequences"]?.text == #"["END"]"# && body["top_p"]?.text == "0.5" && body["seed"] == nil)
        #expect(body["tool_choice"]?.text == #"{"disable_parallel_tool_use":true,"name":"f","type":"tool"}"#)
        let picture = body["messages"]?.array?.first?["content"]?.array?.first
        #expect(picture?["source"]?.text == #"{"type":"url","url":"https://x/p.png"}"#)
    }

    /// It has no words for these, and without them the answer would be another.
    @Test(arguments: ["response_format", "logit_bias", "verbosity", "reasoning_effort"])
    func whatWouldChangeTheAnswerIsRefusedByAnthropic(name: String) throws {
        var request = request
        switch name {
        case "response_format": request.options.format = .object
        case "logit_bias": request.options.logitBias = #"{"5":1}"#
        case "verbosity": request.options.verbosity = "low"
        default: request.options.reasoningEffort = "low"
        }
        let dialect = AnthropicDialect(model: "m", endpoint: endpoint(.anthropic))
        let refusal = #expect(throws: ModelError.self) { try dialect.call(request) }
        #expect(refusal?.code == .unsupported && refusal?.parameter == name)
        var plain = self.request
        plain.options.reasoningEffort = "none"
        #expect(try dialect.call(plain).body != nil)
    }

    @Test func howCloselyAPictureIsLookedAt() throws {
        var picture = ModelPicture(fileID: .v7(), name: "p", mediaType: "", address: "https://x/p.png")
        picture.detail = "low"
        let request = ModelRequest(instruction: "", messages: [.user("", pictures: [picture])])
        let bytes = try #require(OpenAIDialect(model: "m", endpoint: endpoint(.custom)).call(request).body)
        let part = try #require(JSONValue(bytes))["messages"]?.array?.first?["content"]?.array?.first
        #expect(part?["image_url"]?.text == #"{"detail":"low","url":"https://x/p.png"}"#)
    }

    @Test(
        arguments: [
            (
                200,
                #"{"data":[{"index":1,"embedding":[3]},{"index":0,"embedding":[1,2]}],"usage":{"prompt_tokens":4}}"#,
                nil
            ),
            (200, #"{"data":[{"index":0,"embedding":[1]}]}"#, .malformed), (200, "nonsense", .malformed),
            (200, #"{"error":{"code":"rate_limit_exceeded","message":"x"}}"#, .rateLimited),
            (404, #"{"error":{"message":"x"}}"#, .notFound),
        ] as [(Int, String, ModelError.Code?)]
    )
    func vectorsComeInTheirOrderOrNotAtAll(status: Int, answer: String, code: ModelError.Code?) async throws {
        let server = try ScriptedServer { peer in
            guard peer.request() != nil else { return }
            peer.answer(status, "Content-Type: application/json\r\n", answer)
        }
        let client = FetchClient()
        var place = endpoint(.custom)
        place.baseURL = "http://127.0.0.1:\(server.port)/v1"
        let embedder = OpenAIEmbedder(client: client, model: "e", endpoint: place, limits: CallLimits())
        let request = EmbeddingRequest(inputs: [.text("a"), .tokens([1])])
        do {
            let made = try await embedder.embed(request)
            #expect(code == nil && made.vectors == [[1, 2], [3]] && made.tokens.input == 4)
        } catch let error as ModelError {
            #expect(error.code == code)
        }
        await client.close()
    }
}

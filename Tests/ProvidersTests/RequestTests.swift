import Engine
import Fetch
import Foundation
import Testing

@testable import Providers

/// What goes over the wire: address, headers and body.
struct RequestTests {
    private let request = ModelRequest(
        instruction: "Be \"brief\"\n\u{1}",
        messages: [
            .user("你好 😀"), .assistant(text: "", toolCalls: [ToolCall(id: "a", name: "f", arguments: #"{"x":1}"#)]),
            .toolResult(callID: "a", toolName: "f", content: "one", isError: false),
            .toolResult(callID: "b", toolName: "g", content: "two", isError: true), .user("Next"),
            .assistant(text: "Done", toolCalls: [ToolCall(id: "c", name: "f", arguments: "oops")]),
        ],
        tools: [
            ToolDescription(name: "f", description: "F", schema: #"{"type": "object", "required": ["x"]}"#),
            ToolDescription(name: "g", description: "", schema: "nonsense"),
        ],
        temperature: 1.5,
        maximumTokens: 100
    )

    private func sent(_ kind: ProviderKind, base: String = "http://h/v1") throws -> (url: String, body: JSONValue) {
        let endpoint = ProviderEndpoint(
            kind: kind,
            baseURL: base,
            apiKey: Secret(" key\n"),
            organisation: "org",
            isTrusted: true
        )
        let call =
            kind == .anthropic
            ? try AnthropicDialect(model: "m/1", endpoint: endpoint).call(request)
            : try OpenAIDialect(model: "m/1", endpoint: endpoint).call(request)
        let body = try #require(call.body)
        return (call.url, try #require(JSONValue(body)))
    }

    @Test func openAIBody() throws {
        let expected = #"""
            {"model":"m/1","stream":true,"stream_options":{"include_usage":true},"temperature":1.5,"max_tokens":100,
            "messages":[{"role":"system","content":"Be \"brief\"\n\u0001"},{"role":"user","content":"你好 😀"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function",
            "function":{"name":"f","arguments":"{\"x\":1}"}}]},
            {"role":"tool","tool_call_id":"a","content":"one"},{"role":"tool","tool_call_id":"b","content":"two"},
            {"role":"user","content":"Next"},{"role":"assistant","content":"Done","tool_calls":[{"id":"c",
            "type":"function","function":{"name":"f","arguments":"oops"}}]}],
            "tools":[{"type":"function","function":{"name":"f","description":"F",
            "parameters":{"type":"object","required":["x"]}}},
            {"type":"function","function":{"name":"g","description":"","parameters":{"type":"object"}}}]}
            """#
        #expect(try sent(.custom).body == JSONValue(Array(expected.utf8)))
        #expect(try sent(.openai).body["max_completion_tokens"] == .number(100))
        #expect(try sent(.azure).body["max_tokens"] == nil)
    }

    @Test func anthropicBody() throws {
        let expected = #"""
            {"model":"m/1","max_tokens":100,"stream":true,"system":"Be \"brief\"\n\u0001","temperature":1.0,
            "messages":[{"role":"user","content":[{"type":"text","text":"你好 😀"}]},
            {"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{"x":1}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"one"},
            {"type":"tool_result","tool_use_id":"b","content":"two","is_error":true},{"type":"text","text":"Next"}]},
            {"role":"assistant","content":[{"type":"text","text":"Done"},
            {"type":"tool_use","id":"c","name":"f","input":{"unreadable":"oops"}}]}],
            "tools":[{"name":"f","description":"F","input_schema":{"type":"object","required":["x"]}},
            {"name":"g","description":"","input_schema":{"type":"object"}}]}
            """#
        let body = try sent(.anthropic).body
        let wanted = try #require(JSONValue(Array(expected.utf8)))
        #expect(body["messages"] == wanted["messages"])
        #expect(body["tools"] == wanted["tools"])
        #expect(body["system"] == wanted["system"])
        #expect(body["max_tokens"] == .number(100))
        let plain = AnthropicRequestBody(model: "m", request: ModelRequest(instruction: "", messages: [.user("x")]))
        #expect(JSONValue(plain.bytes)?["max_tokens"] == .number(4096))
        #expect(JSONValue(plain.bytes)?["system"] == nil)
    }

    @Test(arguments: [
        (ProviderKind.custom, "http://h/v1/", "http://h/v1/chat/completions"),
        (.custom, "http://h", "http://h/chat/completions"),
        (.custom, " https://h/api/v3/chat/completions ", "https://h/api/v3/chat/completions"),
        (.openai, "https://h", "https://h/v1/chat/completions"),
        (.ollama, "http://h:11434/", "http://h:11434/v1/chat/completions"),
        (.deepseek, "https://h", "https://h/chat/completions"),
        (.anthropic, "https://h", "https://h/v1/messages"),
        (.anthropic, "https://h/v1/messages", "https://h/v1/messages"),
        (
            .azure, "https://r.openai.azure.com/",
            "https://r.openai.azure.com/openai/deployments/m%2F1/chat/completions?api-version=2024-10-21"
        ),
        (
            .azure, "https://r.openai.azure.com/openai/deployments/d?api-version=2025-01-01-preview",
            "https://r.openai.azure.com/openai/deployments/m%2F1/chat/completions?api-version=2025-01-01-preview"
        ),
        (.azure, "https://r.openai.azure.com/openai/v1/", "https://r.openai.azure.com/openai/v1/chat/completions"),
    ])
    func addresses(kind: ProviderKind, base: String, url: String) throws {
        #expect(try sent(kind, base: base).url == url)
    }

    @Test(arguments: [
        (ProviderKind.openai, ["Authorization: Bearer k", "OpenAI-Organization: org"]),
        (.custom, ["Authorization: Bearer k"]), (.azure, ["api-key: k"]),
        (.anthropic, ["x-api-key: k", "anthropic-version: 2023-06-01"]),
    ])
    func headers(kind: ProviderKind, expected: [String]) async throws {
        let (heads, seen) = AsyncStream.makeStream(of: String.self)
        let server = try ScriptedServer { peer in
            guard let request = peer.request() else { return }
            seen.yield(request.head)
            peer.answer(500)
        }
        let endpoint = ProviderEndpoint(
            kind: kind,
            baseURL: server.url,
            apiKey: Secret("k\n"),
            organisation: "org",
            isTrusted: true
        )
        _ = await ProviderModels.test().model(named: "m", at: endpoint).outcome()
        let head = try #require(await heads.first { _ in true })
        for header in expected + ["Content-Type: application/json", "Accept: text/event-stream"] {
            #expect(head.contains("\r\n\(header)"))
        }
        #expect(head.contains("OpenAI-Organization") == (kind == .openai))
    }

    @Test func noKeyNoHeader() throws {
        #expect(try OpenAIDialect.headers(ProviderEndpoint(kind: .ollama, baseURL: "", isTrusted: true)).isEmpty)
        #expect(
            try OpenAIDialect.headers(
                ProviderEndpoint(kind: .ollama, baseURL: "", apiKey: Secret(" "), isTrusted: true)
            ).isEmpty
        )
    }
}

import Engine
import Testing

@testable import Providers

/// Answers in OpenAI's dialect.
struct OpenAIAnswerTests {
    private func outcome(_ stream: String) async throws -> Outcome {
        await (try ScriptedServer(stream: stream)).model(.custom).outcome()
    }

    @Test func textUsageAndFinish() async throws {
        let outcome = try await outcome(
            #"""
            data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

            data: {"id":"c","choices":[{"index":0,"delta":{"content":"Hello \"你\""},"finish_reason":null}]}

            : keep-alive

            data: {"id":"c","choices":[{"index":0,"delta":{"content":" \ud83d\ude00!"},"finish_reason":null}],"usage":null}

            data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"length"}]}

            data: {"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":4}}}

            data: [DONE]


            """#
        )
        #expect(outcome.text == "Hello \"你\" 😀!")
        #expect(outcome.usage == TokenUsage(input: 10, output: 3, cached: 4))
        #expect(outcome.finishes == [.length])
        #expect(outcome.error == nil)
    }

    @Test func toolCallsArePutTogether() async throws {
        let outcome = try await outcome(
            #"""
            data: {"choices":[{"delta":{"content":"Let me look.","tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"search","arguments":""}}]}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"q\":"}}]}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"open","arguments":"not json"}}]}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}}]}

            data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}

            data: [DONE]


            """#
        )
        #expect(outcome.text == "Let me look.")
        #expect(
            outcome.toolCalls == [
                ToolCall(id: "a", name: "search", arguments: #"{"q":1}"#),
                ToolCall(id: "b", name: "open", arguments: "not json"),
            ]
        )
        #expect(outcome.finishes == [.toolCalls])
    }

    @Test func toolCallsOfCarelessServers() async throws {
        let outcome = try await outcome(
            #"""
            data: {"choices":[{"delta":{"tool_calls":[{"function":{"name":"one","arguments":{"some_key":[1,true]}}}]}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"id":"x","function":{"name":"two"}},{"function":{"arguments":"{}"}}]},"finish_reason":"stop"}]}


            """#
        )
        #expect(
            outcome.toolCalls == [
                ToolCall(id: "call_1", name: "one", arguments: #"{"some_key":[1,true]}"#),
                ToolCall(id: "x", name: "two", arguments: "{}"),
            ]
        )
        #expect(outcome.finishes == [.toolCalls])
    }

    @Test(arguments: ["reasoning_content", "reasoning"])
    func reasoning(member: String) async throws {
        let outcome = try await outcome(
            """
            data: {"choices":[{"delta":{"content":null,"\(member)":"Think "}}]}

            data: {"choices":[{"delta":{"content":null,"\(member)":"hard"}}]}

            data: {"choices":[{"delta":{"content":"42","\(member)":null}}]}

            data: {"choices":[{"delta":{"content":[{"type":"text","text":"."}]},"finish_reason":"stop"}]}


            """
        )
        #expect(outcome.reasoning == "Think hard")
        #expect(outcome.text == "42.")
        #expect(outcome.error == nil)
    }

    @Test func aRefusalIsNoText() async throws {
        let outcome = try await outcome(
            """
            data: {"choices":[{"delta":{"role":"assistant","content":"","refusal":null}}]}

            data: {"choices":[{"delta":{"refusal":"I will "}}]}

            data: {"choices":[{"delta":{"content":null,"refusal":"not."}}]}

            data: {"choices":[{"delta":{},"finish_reason":"stop"}]}


            """
        )
        #expect(outcome.refusal == "I will not." && outcome.text.isEmpty)
        #expect(outcome.finishes == [.stop] && outcome.error == nil)
    }

    /// Also without a reason for its end; and what is no text there is nothing.
    @Test(arguments: [(#""I will not.""#, "I will not."), ("null", ""), ("false", "")])
    func aRefusalInOnePiece(refusal: String, words: String) async throws {
        let content = words.isEmpty ? #""Yes.""# : "null"
        let server = try ScriptedServer { peer in
            _ = peer.request()
            let message = #"{"role":"assistant","content":\#(content),"refusal":\#(refusal)}"#
            peer.answer(200, "Content-Type: application/json\r\n", #"{"choices":[{"message":\#(message)}]}"#)
        }
        let outcome = await server.model(.openai).outcome()
        #expect(outcome.refusal == words && outcome.text == (words.isEmpty ? "Yes." : ""))
        #expect(outcome.error == nil)
    }

    @Test(arguments: [
        ("stop", FinishReason.stop), ("length", .length), ("tool_calls", .toolCalls),
        ("content_filter", .contentFilter),
        ("function_call", .toolCalls), ("insufficient_system_resource", .other),
    ])
    func finishReasons(name: String, reason: FinishReason) async throws {
        let outcome = try await outcome("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"\(name)\"}]}\n\n")
        #expect(outcome.finishes == [reason])
    }

    @Test func whatWasThoughtIsCounted() async throws {
        let outcome = try await outcome(
            """
            data: {"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,\
            "completion_tokens":9,"completion_tokens_details":{"reasoning_tokens":8,"audio_tokens":0}}}


            """
        )
        #expect(outcome.usage == TokenUsage(input: 7, output: 9, reasoning: 8))
    }

    @Test func deepSeeksNameForItsCache() async throws {
        let outcome = try await outcome(
            """
            data: {"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,\
            "completion_tokens":1,"prompt_cache_hit_tokens":5}}


            """
        )
        #expect(outcome.usage == TokenUsage(input: 7, output: 1, cached: 5))
    }

    @Test(arguments: ["application/json", "text/event-stream", "text/plain"])
    func anAnswerInOnePiece(contentType: String) async throws {
        let body = """
            {"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Whole",\
            "tool_calls":[{"id":"a","function":{"name":"t","arguments":"{}"}}]},"finish_reason":"tool_calls"}],\
            "usage":{"prompt_tokens":1,"completion_tokens":2}}
            """
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.answer(200, "Content-Type: \(contentType)\r\n", body)
        }
        let outcome = await server.model(.openai).outcome()
        #expect(outcome.text == "Whole")
        #expect(outcome.toolCalls == [ToolCall(id: "a", name: "t", arguments: "{}")])
        #expect(outcome.usage == TokenUsage(input: 1, output: 2))
        #expect(outcome.finishes == [.toolCalls])
        #expect(outcome.error == nil)
    }

    @Test func theConnectionIsUsedAgain() async throws {
        let server = try ScriptedServer { peer in
            while peer.request() != nil {
                let body = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\ndata: [DONE]\n\n"
                peer.answer(200, "Content-Type: text/event-stream\r\n", body)
            }
        }
        let model = server.model(.openai)
        for _ in 0..<10 { #expect(await model.outcome().finishes == [.stop]) }
        #expect(server.connections <= 2)
    }

    @Test func splitAtEveryByte() throws {
        let stream = Array(
            """
            data: {"choices":[{"delta":{"content":"你好"}}]}\r\n\r\n\
            data: {"choices":[{"delta":{"content":"😀\\n"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n
            """.utf8
        )
        for position in 0...stream.count {
            var reader = AnswerReader(OpenAIDecoder(), contentType: nil, limits: CallLimits())
            try reader.feed(Array(stream[..<position]))
            try reader.feed(Array(stream[position...]))
            try reader.end()
            #expect(reader.takePieces() == [.text("你好😀\n"), .finish(.stop)])
        }
    }
}

import Engine
import Testing

@testable import Providers

/// Answers in Anthropic's dialect.
struct AnthropicAnswerTests {
    private func outcome(_ events: [String]) async throws -> Outcome {
        let stream = events.map { "event: x\ndata: \($0)\n\n" }.joined()
        return await (try ScriptedServer(stream: stream)).model(.anthropic).outcome()
    }

    @Test func textThinkingUsageAndFinish() async throws {
        let outcome = try await outcome([
            """
            {"type":"message_start","message":{"id":"m","role":"assistant","content":[],"usage":{"input_tokens":10,\
            "cache_read_input_tokens":5,"cache_creation_input_tokens":2,"output_tokens":1}}}
            """,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"s"}}"#,
            #"{"type":"content_block_stop","index":0}"#,
            #"{"type":"ping"}"#,
            #"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
            #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hello "}}"#,
            #"{"type":"something_new","x":{"y":[1]}}"#,
            #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"你好 \n"}}"#,
            #"{"type":"content_block_stop","index":1}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"max_tokens"},"usage":{"output_tokens":15}}"#,
            #"{"type":"message_stop"}"#,
        ])
        #expect(outcome.reasoning == "Hm")
        #expect(outcome.text == "Hello 你好 \n")
        #expect(outcome.usage == TokenUsage(input: 17, output: 15, cached: 5))
        #expect(outcome.finishes == [.length])
        #expect(outcome.error == nil)
    }

    @Test func toolCallsArePutTogether() async throws {
        let outcome = try await outcome([
            #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"f","input":{}}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"q\": "}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"oops"}}"#,
            #"{"type":"content_block_stop","index":0}"#,
            #"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"b","name":"g","input":{}}}"#,
            #"{"type":"content_block_stop","index":1}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}}"#,
            #"{"type":"message_stop"}"#,
        ])
        #expect(
            outcome.toolCalls == [
                ToolCall(id: "a", name: "f", arguments: #"{"q": oops"#), ToolCall(id: "b", name: "g", arguments: "{}"),
            ]
        )
        #expect(outcome.finishes == [.toolCalls])
    }

    @Test func anAnswerInOnePiece() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.answer(
                200,
                "Content-Type: application/json\r\n",
                """
                {"type":"message","content":[{"type":"text","text":"Whole"},{"type":"tool_use","id":"a","name":"t",\
                "input":{"a_b":1}}],"stop_reason":"tool_use","usage":{"input_tokens":3,"output_tokens":4}}
                """
            )
        }
        let outcome = await server.model(.anthropic).outcome()
        #expect(outcome.text == "Whole")
        #expect(outcome.toolCalls == [ToolCall(id: "a", name: "t", arguments: #"{"a_b":1}"#)])
        #expect(outcome.usage == TokenUsage(input: 3, output: 4))
        #expect(outcome.finishes == [.toolCalls])
    }

    @Test(arguments: [
        ("end_turn", FinishReason.stop), ("stop_sequence", .stop), ("refusal", .contentFilter), ("pause_turn", .other),
    ])
    func finishReasons(name: String, reason: FinishReason) async throws {
        let outcome = try await outcome([#"{"type":"message_delta","delta":{"stop_reason":"\#(name)"}}"#])
        #expect(outcome.finishes == [reason])
    }

    @Test(arguments: [
        ("overloaded_error", ModelError.Code.unavailable), ("rate_limit_error", .rateLimited),
        ("invalid_request_error", .rejected), ("authentication_error", .unauthorized), ("new_error", .unavailable),
    ])
    func errorsInTheStream(type: String, code: ModelError.Code) async throws {
        let outcome = try await outcome([
            #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Begun"}}"#,
            #"{"type":"error","error":{"type":"\#(type)","message":"Overloaded"}}"#,
        ])
        #expect(outcome.text == "Begun")
        #expect(outcome.error?.code == code)
    }

    @Test func splitAtEveryByte() throws {
        let stream = Array(
            """
            event: content_block_delta\r\n\
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"你好😀"}}\r\n\r\n\
            data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}\n\ndata: {"type":"message_stop"}\n\n
            """.utf8
        )
        for position in 0...stream.count {
            var reader = AnswerReader(AnthropicDecoder(), contentType: nil, limits: CallLimits())
            try reader.feed(Array(stream[..<position]))
            try reader.feed(Array(stream[position...]))
            try reader.end()
            #expect(reader.takePieces().first == .text("你好😀"))
        }
    }
}

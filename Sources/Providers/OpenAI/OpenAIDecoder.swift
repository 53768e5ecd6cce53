import Engine
import Fetch

/// Reads an answer of OpenAI's chat completions.
struct OpenAIDecoder: AnswerDecoder {
    var pieces = PieceQueue()
    private(set) var hasFinished = false
    private(set) var isDone = false
    private var toolCalls = ToolCallAssembler()

    private static let endMark = Array("[DONE]".utf8)

    mutating func take(_ event: ServerSentEvent) throws {
        if event.data == Self.endMark {
            isDone = true
        } else if !event.data.isEmpty {
            try take(try OpenAIChunk(event.data))
        }
    }

    mutating func takeWhole(_ document: [UInt8]) throws {
        let chunk = try OpenAIChunk(slow: document)
        try take(chunk)
        // Without choices it was only a bill: `end` must not take that for an answer.
        isDone = chunk.finishReason != nil || chunk.text != nil || chunk.refusal != nil || !toolCalls.isEmpty
    }

    mutating func end() throws(ModelError) {
        if !hasFinished, !isDone { throw .interrupted }
        finish("stop")
    }

    private mutating func take(_ chunk: OpenAIChunk) throws {
        if let error = chunk.error, error != .null { throw Refusal(.object(["error": error])) }
        if let reasoning = chunk.reasoning { pieces.append(.reasoning(reasoning)) }
        if let text = chunk.text { pieces.append(.text(text)) }
        if let refusal = chunk.refusal { pieces.append(.refusal(refusal)) }
        for part in chunk.toolCalls { try toolCalls.add(part) }
        if let usage = chunk.usage { pieces.append(.usage(usage)) }
        if let reason = chunk.finishReason, !reason.isEmpty { finish(reason) }
    }

    private mutating func finish(_ reason: String) {
        guard !hasFinished else { return }
        hasFinished = true
        let calls = toolCalls.takeAll()
        for call in calls { pieces.append(.toolCall(call)) }
        pieces.append(.finish(calls.isEmpty ? Self.reason(reason) : .toolCalls))
    }

    private static func reason(_ name: String) -> FinishReason {
        switch name {
        case "stop", "eos", "end_turn": .stop
        case "length", "max_tokens": .length
        case "tool_calls", "function_call": .toolCalls
        case "content_filter": .contentFilter
        default: .other
        }
    }
}

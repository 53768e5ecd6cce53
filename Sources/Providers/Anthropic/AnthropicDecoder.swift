import Engine
import Fetch

/// Reads an answer of Anthropic's messages. What an event is stands in its data; its name says it only again.
struct AnthropicDecoder: AnswerDecoder {
    var pieces = PieceQueue()
    private(set) var hasFinished = false
    private(set) var isDone = false
    private var usage = AnthropicUsage()
    private var toolCalls: [Int: ToolCallAssembler] = [:]
    private var hasToolCalls = false

    private static let openCallLimit = 128

    mutating func take(_ event: ServerSentEvent) throws {
        try take(try AnthropicEvent(event.data))
    }

    mutating func takeWhole(_ document: [UInt8]) throws {
        let event = try AnthropicEvent(slow: document)
        switch event {
        case .whole, .error: try take(event)
        default: throw ModelError.malformed("it is not a message")
        }
        isDone = true
    }

    mutating func end() throws(ModelError) {
        if !hasFinished, !isDone { throw .interrupted }
        finish(nil)
    }

    private mutating func take(_ event: AnthropicEvent) throws {
        switch event {
        case .text(let text): pieces.append(.text(text))
        case .reasoning(let text): pieces.append(.reasoning(text))
        case .usage(let part): usage.merge(part)
        case .toolBegin(let index, let id, let name, let input):
            guard toolCalls.count < Self.openCallLimit else { throw ModelError.tooLarge }
            try toolCalls[index, default: ToolCallAssembler()]
                .add(ToolCallPart(index: index, id: id, name: name, arguments: input))
        case .toolInput(let index, let part):
            try toolCalls[index]?.add(ToolCallPart(index: index, arguments: part))
        case .blockEnd(let index): endBlock(index)
        case .finish(let reason, let part):
            if let part { usage.merge(part) }
            pieces.append(.usage(usage.tokens))
            if let reason { finish(reason) }
        case .messageEnd: isDone = true
        case .error(let error): throw Refusal(.object(["error": error]))
        case .whole(let events): for event in events { try take(event) }
        case .nothing: break
        }
    }

    private mutating func endBlock(_ index: Int) {
        guard var assembler = toolCalls.removeValue(forKey: index) else { return }
        for var call in assembler.takeAll() {
            hasToolCalls = true
            if call.arguments.isEmpty { call.arguments = "{}" }
            pieces.append(.toolCall(call))
        }
    }

    private mutating func finish(_ reason: String?) {
        guard !hasFinished else { return }
        hasFinished = true
        for index in toolCalls.keys.sorted() { endBlock(index) }
        pieces.append(.finish(hasToolCalls ? .toolCalls : Self.reason(reason)))
    }

    private static func reason(_ name: String?) -> FinishReason {
        switch name {
        case nil, "end_turn", "stop_sequence": .stop
        case "max_tokens", "model_context_window_exceeded": .length
        case "tool_use": .toolCalls
        case "refusal": .contentFilter
        default: .other
        }
    }
}

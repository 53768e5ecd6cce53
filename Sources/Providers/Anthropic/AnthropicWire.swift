import Engine

/// An event on the wire.
struct AnthropicWire: WireFormat {
    var type: String
    var index: Int?
    var message: Message?
    var contentBlock: Block?
    var delta: Delta?
    var usage: AnthropicUsage?
    var error: JSONValue?
    // Of a whole message.
    var content: [Block]?
    var stopReason: String?

    enum CodingKeys: String, CodingKey {
        case type, index, message, delta, usage, error, content
        case contentBlock = "content_block"
        case stopReason = "stop_reason"
    }

    struct Message: Decodable {
        var usage: AnthropicUsage?
    }

    struct Block: Decodable {
        var type: String
        var text: String?
        var thinking: String?
        var id: String?
        var name: String?
        var input: JSONValue?

        /// `index` is nil in a whole message, where the block is complete.
        func events(index: Int?) -> [AnthropicEvent] {
            switch type {
            case "text": return [.text(text ?? "")]
            case "thinking": return [.reasoning(thinking ?? "")]
            case "tool_use":
                let begin = AnthropicEvent.toolBegin(
                    index: index ?? 0,
                    id: id ?? "",
                    name: name ?? "",
                    input: input.flatMap { $0 == .object([:]) || $0 == .null ? nil : $0.arguments } ?? ""
                )
                return index == nil ? [begin, .blockEnd(index: 0)] : [begin]
            default: return []
            }
        }
    }

    struct Delta: Decodable {
        var type: String?
        var text: String?
        var thinking: String?
        var partialJSON: String?
        var stopReason: String?

        enum CodingKeys: String, CodingKey {
            case type, text, thinking
            case partialJSON = "partial_json"
            case stopReason = "stop_reason"
        }
    }

    var event: AnthropicEvent {
        switch type {
        case "content_block_delta": deltaEvent
        case "content_block_start": contentBlock?.events(index: index ?? 0).first ?? .nothing
        case "content_block_stop": .blockEnd(index: index ?? 0)
        case "message_start": message?.usage.map { .usage($0) } ?? .nothing
        case "message_delta": .finish(reason: delta?.stopReason, usage)
        case "message_stop": .messageEnd
        case "error": .error(error ?? .null)
        case "message": .whole(parts + [.finish(reason: stopReason, usage)])
        default: .nothing
        }
    }

    private var parts: [AnthropicEvent] { (content ?? []).flatMap { $0.events(index: nil) } }

    private var deltaEvent: AnthropicEvent {
        switch delta?.type {
        case "text_delta": .text(delta?.text ?? "")
        case "thinking_delta": .reasoning(delta?.thinking ?? "")
        case "input_json_delta": .toolInput(index: index ?? 0, delta?.partialJSON ?? "")
        default: .nothing
        }
    }
}

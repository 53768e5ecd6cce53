import Engine

/// What one event of Anthropic's stream, or a whole message, says.
enum AnthropicEvent: Equatable {
    case text(String)
    case reasoning(String)
    case usage(AnthropicUsage)
    case toolBegin(index: Int, id: String, name: String, input: String)
    case toolInput(index: Int, String)
    case blockEnd(index: Int)
    case finish(reason: String?, AnthropicUsage?)
    case messageEnd
    case error(JSONValue)
    /// A whole message: its parts in order.
    case whole([AnthropicEvent])
    /// `ping`, and whatever the protocol may add.
    case nothing

    /// Throws `malformed` for what is not an event.
    init(_ json: [UInt8]) throws(ModelError) {
        if let text = json.withUnsafeBufferPointer({ Self.quickText($0) }) {
            self = .text(text)
        } else {
            try self.init(slow: json)
        }
    }

    init(slow json: [UInt8]) throws(ModelError) {
        guard String(validating: json, as: UTF8.self) != nil else { throw .malformed("it is not UTF-8") }
        do {
            self = try AnthropicWire.decode(json).event
        } catch {
            throw .malformed("part of it is not the JSON that was promised")
        }
    }
}

import Engine

/// What one `chat.completion.chunk`, or a whole `chat.completion`, says.
struct OpenAIChunk: Equatable {
    var text: String?
    var refusal: String?
    var reasoning: String?
    var toolCalls: [ToolCallPart] = []
    var finishReason: String?
    var usage: TokenUsage?
    var error: JSONValue?

    /// Any chunk, first by the quick way. Throws `malformed` for what is not one.
    init(_ json: [UInt8]) throws(ModelError) {
        if let quick = json.withUnsafeBufferPointer({ OpenAIChunk(quick: $0) }) {
            self = quick
        } else {
            try self.init(slow: json)
        }
    }

    init(slow json: [UInt8]) throws(ModelError) {
        // Foundation may mend bad UTF-8; nobody should read mended text as the model's.
        guard String(validating: json, as: UTF8.self) != nil else { throw .malformed("it is not UTF-8") }
        let wire: OpenAIWire
        do {
            wire = try OpenAIWire.decode(json)
        } catch {
            throw .malformed("part of it is not the JSON that was promised")
        }
        guard wire.choices != nil || wire.usage != nil || wire.error != nil || wire.object == "error" else {
            throw .malformed("part of it has no choices")
        }
        let message = wire.choices?.first.flatMap { $0.delta ?? $0.message }
        text = message?.content?.text
        refusal = message?.refusal?.string
        reasoning = message?.reasoningContent ?? message?.reasoning
        toolCalls = message?.toolCalls?.map(\.part) ?? []
        finishReason = wire.choices?.first?.finishReason
        usage = wire.usage?.tokens
        error = wire.error ?? (wire.object == "error" ? JSONValue(json) : nil)
    }
}

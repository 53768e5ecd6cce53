import Engine

/// A chunk on the wire.
struct OpenAIWire: WireFormat {
    var choices: [Choice]?
    var usage: Usage?
    var error: JSONValue?
    var object: String?

    struct Choice: Decodable {
        var delta: Message?
        var message: Message?
        var finishReason: String?

        enum CodingKeys: String, CodingKey {
            case delta, message
            case finishReason = "finish_reason"
        }
    }

    struct Message: Decodable {
        var content: OpenAIContent?
        /// Text, or null; what else it may be elsewhere is no refusal.
        var refusal: JSONValue?
        var reasoningContent: String?
        var reasoning: String?
        var toolCalls: [Call]?

        enum CodingKeys: String, CodingKey {
            case content, refusal, reasoning
            case reasoningContent = "reasoning_content"
            case toolCalls = "tool_calls"
        }
    }

    struct Call: Decodable {
        var index: Int?
        var id: String?
        var function: Function?

        struct Function: Decodable {
            var name: String?
            /// Text by the protocol; some servers send the object itself.
            var arguments: JSONValue?
        }

        var part: ToolCallPart {
            let arguments = function?.arguments.flatMap { $0 == .null ? nil : $0.arguments }
            return ToolCallPart(index: index, id: id, name: function?.name, arguments: arguments)
        }
    }

    struct Usage: Decodable {
        var promptTokens: Int?
        var completionTokens: Int?
        var promptTokensDetails: Details?
        var completionTokensDetails: Details?
        /// DeepSeek's name for what its cache knew.
        var promptCacheHitTokens: Int?

        struct Details: Decodable {
            var cachedTokens: Int?
            var reasoningTokens: Int?

            enum CodingKeys: String, CodingKey {
                case cachedTokens = "cached_tokens"
                case reasoningTokens = "reasoning_tokens"
            }
        }

        enum CodingKeys: String, CodingKey {
            case promptTokens = "prompt_tokens"
            case completionTokens = "completion_tokens"
            case promptTokensDetails = "prompt_tokens_details"
            case completionTokensDetails = "completion_tokens_details"
            case promptCacheHitTokens = "prompt_cache_hit_tokens"
        }

        var tokens: TokenUsage {
            let cached = promptTokensDetails?.cachedTokens ?? promptCacheHitTokens ?? 0
            return TokenUsage(
                input: max(0, promptTokens ?? 0),
                output: max(0, completionTokens ?? 0),
                cached: max(0, cached),
                reasoning: completionTokensDetails?.reasoningTokens ?? 0
            )
        }
    }
}

/// Text, or a list of parts of which some hold text.
struct OpenAIContent: Decodable {
    var text: String

    private struct Part: Decodable {
        var text: String?
    }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            self.text = text
        } else {
            text = try value.decode([Part].self).compactMap(\.text).joined()
        }
    }
}

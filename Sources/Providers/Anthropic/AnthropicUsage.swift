import Engine

/// The tokens of a call, of which each event may tell a part.
struct AnthropicUsage: Decodable, Equatable {
    var inputTokens: Int?
    var outputTokens: Int?
    var cacheReadInputTokens: Int?
    var cacheCreationInputTokens: Int?

    mutating func merge(_ newer: AnthropicUsage) {
        inputTokens = newer.inputTokens ?? inputTokens
        outputTokens = newer.outputTokens ?? outputTokens
        cacheReadInputTokens = newer.cacheReadInputTokens ?? cacheReadInputTokens
        cacheCreationInputTokens = newer.cacheCreationInputTokens ?? cacheCreationInputTokens
    }

    /// Anthropic counts what its cache read or wrote beside the input; here it is a part of it.
    var tokens: TokenUsage {
        let parts = [inputTokens, cacheReadInputTokens, cacheCreationInputTokens].map { max(0, $0 ?? 0) }
        let input = parts.reduce(0) { $0.addingReportingOverflow($1).partialValue }
        return TokenUsage(input: max(0, input), output: max(0, outputTokens ?? 0), cached: parts[1])
    }
}

import Engine

/// The tokens of a call, of which each event may tell a part.
struct AnthropicUsage: Decodable, Equatable {
    var input: Int?
    var output: Int?
    var cacheReadInput: Int?
    var cacheCreationInput: Int?

    enum CodingKeys: String, CodingKey {
        case input = "input_tokens"
        case output = "output_tokens"
        case cacheReadInput = "cache_read_input_tokens"
        case cacheCreationInput = "cache_creation_input_tokens"
    }

    mutating func merge(_ newer: AnthropicUsage) {
        input = newer.input ?? input
        output = newer.output ?? output
        cacheReadInput = newer.cacheReadInput ?? cacheReadInput
        cacheCreationInput = newer.cacheCreationInput ?? cacheCreationInput
    }

    /// Anthropic counts what its cache read or wrote beside the input; here it is a part of it.
    var tokens: TokenUsage {
        let parts = [input, cacheReadInput, cacheCreationInput].map { min(max(0, $0 ?? 0), TokenUsage.most) }
        return TokenUsage(input: parts.reduce(0, +), output: output ?? 0, cached: parts[1])
    }
}

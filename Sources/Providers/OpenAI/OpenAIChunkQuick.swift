import Engine

extension OpenAIChunk {
    /// The common chunks, one choice with some text, or with the answer's end, or a bill, and nothing else that matters, read
    /// without Foundation: a tenth of the time. nil for every other chunk, also for one that is not valid: the slow way decides
    /// about those.
    init?(quick json: UnsafeBufferPointer<UInt8>) {
        var scanner = JSONScanner(json)
        var (lists, choices, usages, bills) = (0, 0, 0, 0)
        var delta = QuickDelta()
        var bill = QuickUsage()
        let isPlain = scanner.object { scanner, key in
            switch key {
            case "choices":
                lists += 1
                return scanner.array { scanner in
                    choices += 1
                    return choices == 1 && delta.readChoice(&scanner)
                }
            case "usage":
                usages += 1
                if scanner.null() { return true }
                bills += 1
                return bill.read(&scanner)
            case "error": return scanner.null()
            case "object": return scanner.string() == "chat.completion.chunk"
            default: return scanner.skip()
            }
        }
        guard isPlain, scanner.isAtEnd, lists == 1, choices == delta.count, choices + bills > 0, usages < 2 else {
            return nil
        }
        text = delta.text
        reasoning = delta.thought
        finishReason = delta.end
        usage = bills == 1 ? bill.tokens : nil
    }
}

/// The only parts of a choice that the quick way understands. Members that come twice are left to the slow way.
private struct QuickDelta {
    var count = 0
    private var content: String??
    private var reasoningContent: String??
    private var reasoning: String??
    private var finishReason: String??

    var text: String? { content ?? nil }
    var thought: String? { (reasoningContent ?? nil) ?? (reasoning ?? nil) }
    var end: String? { finishReason ?? nil }

    mutating func readChoice(_ scanner: inout JSONScanner) -> Bool {
        scanner.object { scanner, key in
            switch key {
            case "delta":
                count += 1
                return scanner.object { readMember(&$0, $1) }
            case "finish_reason": return Self.read(&scanner, into: &finishReason)
            case "message": return scanner.null()
            default: return scanner.skip()
            }
        }
    }

    private mutating func readMember(_ scanner: inout JSONScanner, _ key: JSONKey) -> Bool {
        switch key {
        case "content": Self.read(&scanner, into: &content)
        case "reasoning_content": Self.read(&scanner, into: &reasoningContent)
        case "reasoning": Self.read(&scanner, into: &reasoning)
        case "tool_calls", "refusal": scanner.null()
        default: scanner.skip()
        }
    }

    private static func read(_ scanner: inout JSONScanner, into value: inout String??) -> Bool {
        guard value == nil else { return false }
        value = scanner.null() ? .some(nil) : scanner.string().map { .some($0) }
        return value != nil
    }
}

/// A bill in whole numbers. Members that come twice are left to the slow way here as well.
private struct QuickUsage {
    private var usage = OpenAIWire.Usage()
    private var known: Set<Member> = []

    private enum Member { case prompt, completion, hits, promptDetails, completionDetails, cached, reasoning }

    var tokens: TokenUsage { usage.tokens }

    mutating func read(_ scanner: inout JSONScanner) -> Bool {
        scanner.object { scanner, key in
            switch key {
            case "prompt_tokens": return read(.prompt, &scanner) { $0.promptTokens = $1 }
            case "completion_tokens": return read(.completion, &scanner) { $0.completionTokens = $1 }
            case "prompt_cache_hit_tokens": return read(.hits, &scanner) { $0.promptCacheHitTokens = $1 }
            case "prompt_tokens_details": return readDetails(.promptDetails, &scanner)
            case "completion_tokens_details": return readDetails(.completionDetails, &scanner)
            default: return scanner.skip()
            }
        }
    }

    private mutating func readDetails(_ place: Member, _ scanner: inout JSONScanner) -> Bool {
        guard known.insert(place).inserted else { return false }
        if scanner.null() { return true }
        return scanner.object { scanner, key in
            switch (place, key) {
            case (.promptDetails, "cached_tokens"):
                return read(.cached, &scanner) { $0.promptTokensDetails = .init(cachedTokens: $1) }
            case (.completionDetails, "reasoning_tokens"):
                return read(.reasoning, &scanner) { $0.completionTokensDetails = .init(reasoningTokens: $1) }
            // What is a number there must be one here.
            case (_, "cached_tokens"), (_, "reasoning_tokens"): return false
            default: return scanner.skip()
            }
        }
    }

    private mutating func read(
        _ member: Member,
        _ scanner: inout JSONScanner,
        _ set: (inout OpenAIWire.Usage, Int) -> Void
    ) -> Bool {
        guard known.insert(member).inserted else { return false }
        if scanner.null() { return true }
        guard let number = scanner.integer() else { return false }
        set(&usage, number)
        return true
    }
}

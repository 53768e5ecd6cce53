extension OpenAIChunk {
    /// The common chunk, one choice with some text and nothing else that matters, read without Foundation: a tenth of
    /// the time. nil for every other chunk, also for one that is not valid: the slow way decides about those.
    init?(quick json: UnsafeBufferPointer<UInt8>) {
        var scanner = JSONScanner(json)
        var choices = 0
        var delta = QuickDelta()
        let isPlain = scanner.object { scanner, key in
            switch key {
            case "choices":
                return scanner.array { scanner in
                    choices += 1
                    return choices == 1 && delta.readChoice(&scanner)
                }
            case "usage", "error": return scanner.null()
            case "object": return scanner.string() == "chat.completion.chunk"
            default: return scanner.skip()
            }
        }
        guard isPlain, scanner.isAtEnd, choices == 1, delta.count == 1 else { return nil }
        text = delta.text
        reasoning = delta.thought
    }
}

/// The only parts of a choice that the quick way understands. Members that come twice are left to the slow way.
private struct QuickDelta {
    var count = 0
    private var content: String??
    private var reasoningContent: String??
    private var reasoning: String??

    var text: String? { content ?? nil }
    var thought: String? { (reasoningContent ?? nil) ?? (reasoning ?? nil) }

    mutating func readChoice(_ scanner: inout JSONScanner) -> Bool {
        scanner.object { scanner, key in
            switch key {
            case "delta":
                count += 1
                return scanner.object { readMember(&$0, $1) }
            case "finish_reason", "message": return scanner.null()
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

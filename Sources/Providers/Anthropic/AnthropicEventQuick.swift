extension AnthropicEvent {
    /// The text of a `text_delta`, the common event, read without Foundation; nil for every other one.
    static func quickText(_ json: UnsafeBufferPointer<UInt8>) -> String? {
        var scanner = JSONScanner(json)
        var type: String?
        var delta = QuickTextDelta()
        let isPlain = scanner.object { scanner, key in
            switch key {
            case "type":
                guard type == nil else { return false }
                type = scanner.string()
                return type == "content_block_delta"
            case "index": return scanner.integer() != nil
            case "delta": return delta.read(&scanner)
            default: return false
            }
        }
        guard isPlain, scanner.isAtEnd, type != nil, delta.type == "text_delta" else { return nil }
        return delta.text
    }
}

/// The members of a text delta; any other, or one that comes twice, is left to the slow way.
private struct QuickTextDelta {
    var type: String?
    var text: String?

    mutating func read(_ scanner: inout JSONScanner) -> Bool {
        guard type == nil, text == nil else { return false }
        return scanner.object { scanner, key in
            switch key {
            case "type":
                guard type == nil else { return false }
                type = scanner.string()
                return type != nil
            case "text":
                guard text == nil else { return false }
                text = scanner.string()
                return text != nil
            default: return false
            }
        }
    }
}

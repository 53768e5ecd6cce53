/// What models, tools and other people write, without what a terminal would obey or what would mislead its reader.
extension String {
    /// Lines and tabs stay; other control characters are shown, not done.
    var harmless: String {
        guard unicodeScalars.contains(where: { $0.isControl }) else { return self }
        var text = ""
        text.unicodeScalars.append(contentsOf: unicodeScalars.compactMap(\.shown))
        return text
    }

    /// The same, and what would reorder the letters is shown too: for what somebody decides about.
    var harmlessLines: String {
        guard unicodeScalars.contains(where: \.isReordering) else { return harmless }
        let shown: [Unicode.Scalar] = unicodeScalars.map { $0.isReordering ? "\u{FFFD}" : $0 }
        return String(String.UnicodeScalarView(shown)).harmless
    }

    /// On one line; what would reorder the letters is shown too.
    var harmlessLine: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n", "\t", "\u{2028}", "\u{2029}": text.unicodeScalars.append(" ")
            case _ where scalar.isReordering: text.unicodeScalars.append("\u{FFFD}")
            default: scalar.shown.map { text.unicodeScalars.append($0) }
            }
        }
        return text
    }

    /// JSON text with the control characters escaped that JSON itself lets pass.
    var harmlessJSON: String {
        guard unicodeScalars.contains(where: { 0x7F...0x9F ~= $0.value }) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if 0x7F...0x9F ~= scalar.value {
                text += "\\u00" + String(scalar.value, radix: 16)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { value < 0x20 || 0x7F...0x9F ~= value }

    /// Embeddings, overrides and isolates of the bidirectional algorithm.
    fileprivate var isReordering: Bool { 0x202A...0x202E ~= value || 0x2066...0x2069 ~= value }

    /// Itself, or a picture of it; nil for a carriage return, which would write over its line.
    fileprivate var shown: Unicode.Scalar? {
        switch value {
        case 0x0A, 0x09: self
        case 0x0D: nil
        case 0..<0x20: Unicode.Scalar(0x2400 + value)
        case 0x7F: "\u{2421}"
        case 0x80...0x9F: "\u{FFFD}"
        default: self
        }
    }
}

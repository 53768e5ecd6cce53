/// How many columns of a terminal text takes: two for characters of Chinese, Japanese and Korean and for most emoji (Unicode
/// Standard Annex 11), none for marks that stand on another character.
extension String {
    var columns: Int { reduce(0) { $0 + $1.columns } }

    /// At most so many columns; what is too long ends in `…`.
    func fitted(to width: Int) -> String {
        guard columns > width else { return self }
        guard width > 1 else { return width == 1 ? "…" : "" }
        var (text, left) = ("", width - 1)
        for character in self {
            left -= character.columns
            guard left >= 0 else { break }
            text.append(character)
        }
        return text + "…"
    }

    /// Filled with blanks to so many columns, behind the text or before it.
    func padded(to width: Int, isRight: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(0, width - columns))
        return isRight ? blanks + self : self + blanks
    }
}

extension Character {
    var columns: Int {
        if let byte = asciiValue { return byte < 0x20 || byte == 0x7F ? 0 : 1 }
        // A picture that is asked for by a selector, a flag of two letters.
        let isPicture = unicodeScalars.contains { $0.value == 0xFE0F }
        let isFlag = unicodeScalars.count == 2 && unicodeScalars.allSatisfy { 0x1F1E6...0x1F1FF ~= $0.value }
        return isPicture || isFlag ? 2 : unicodeScalars.map(\.columns).max() ?? 0
    }
}

extension Unicode.Scalar {
    fileprivate var columns: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: 0
        default: isWide ? 2 : 1
        }
    }

    private var isWide: Bool { properties.isEmojiPresentation || Self.wide.contains { $0.contains(value) } }

    /// Wide and fullwidth blocks.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x16FE0...0x18AFF, 0x1B000...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD,
    ]
}

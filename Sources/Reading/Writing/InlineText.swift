/// Words in a row, as a browser would set them: any run of blanks is one, none at the ends of a line.
struct InlineText {
    private var text = ""
    private var hasBlankBefore = false
    private var hasBlankAfter = false

    var finished: String {
        var text = Substring(text)
        while text.last == "\n" { text.removeLast() }
        return String(text)
    }

    var endsInWord: Bool { !hasBlankAfter && (text.last.map { $0.isLetter || $0.isNumber || $0 == ")" } ?? false) }

    mutating func append(words: String) {
        for character in words.unicodeScalars {
            if character == " " || character == "\n" || character == "\t" || character == "\r" || character == "\u{C}" {
                blank()
            } else if character != "\u{AD}", character != "\u{200B}", character != "\u{FEFF}" {
                setBlank()
                text.unicodeScalars.append(character)
            }
        }
    }

    /// As it is.
    mutating func append(code: String) {
        guard !code.isEmpty else { return }
        setBlank()
        text += code
    }

    mutating func breakLine() {
        hasBlankAfter = false
        if !text.isEmpty, !text.hasSuffix("\n\n") { text += "\n" }
    }

    /// `piece` with the blanks around it, written as `written`.
    mutating func append(_ piece: InlineText, as written: String? = nil) {
        if piece.hasBlankBefore { blank() }
        append(code: written ?? piece.finished)
        if piece.hasBlankAfter { blank() }
    }

    private mutating func blank() {
        if text.isEmpty { hasBlankBefore = true } else { hasBlankAfter = true }
    }

    private mutating func setBlank() {
        if hasBlankAfter, text.last != "\n" { text += " " }
        hasBlankAfter = false
    }
}

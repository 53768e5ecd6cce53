/// A run of tildes in a text, with what stands around it.
struct TildeRun {
    let start: Int
    let end: Int
    let canOpen: Bool
    let canClose: Bool
    /// Where to go on reading.
    let next: Int

    /// Two tildes: one is an approximation (`~5 ms`), more are decoration.
    var isDelimiter: Bool { end - start == 2 && (canOpen || canClose) }

    /// Left- and right-flanking as for emphasis, but only ASCII punctuation counts, since Chinese is written
    /// without blanks beside its own.
    init(_ text: UnsafeBufferPointer<UInt8>, at start: Int, before: UInt8, after: UInt8) {
        var end = start
        while end < text.count, text[end] == UInt8(ascii: "~") { end += 1 }
        let isLastEscaped = Mark.isEscape(text, at: end)
        if isLastEscaped { end -= 1 }
        let before = start > 0 ? text[start - 1] : before
        let after = end < text.count ? text[end] : after
        self.start = start
        self.end = end
        next = isLastEscaped ? end + 1 : end
        canOpen = !after.isSpace && (!after.isPunctuation || before.isSpace || before.isPunctuation)
        canClose = !before.isSpace && (!before.isPunctuation || after.isSpace || after.isPunctuation)
    }
}

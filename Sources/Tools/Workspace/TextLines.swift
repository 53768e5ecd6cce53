extension String {
    /// As an editor counts them: split at each line end of those in use. `\r\n` is one character, so that splitting at `\n` would not find it.
    var editorLines: [Substring] {
        split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    }

    /// Whether each of its lines ends with `\r\n`.
    var hasLongLineEnds: Bool { contains("\r\n" as Character) && !contains("\n" as Character) }

    /// With `\n` at the end of each line that had `\r\n`.
    var withShortLineEnds: String { replacing("\r\n", with: "\n") }

    /// With `\r\n` at the end of each line.
    var withLongLineEnds: String { withShortLineEnds.replacing("\n", with: "\r\n") }
}

/// A piece of a text and what is to stand in its place. Whoever read the text by its lines does not know how they end, so a
/// piece is found with either line end, and what replaces it gets the same.
struct TextReplacement {
    let places: Int
    private let text: String
    private let old: String
    private let new: String

    init(of old: String, with new: String, in text: String) {
        let plain = (old: old, new: new)
        let long = (old: old.withLongLineEnds, new: new.withLongLineEnds)
        let isLong = text.first { $0.isNewline } == "\r\n"
        let forms = (isLong ? [long, plain] : [plain, long]).map { (form: $0, places: text.ranges(of: $0.old).count) }
        let found = forms.first { $0.places > 0 } ?? forms[0]
        self.text = text
        (self.old, self.new, places) = (found.form.old, found.form.new, found.places)
    }

    /// The text with every place changed.
    var changed: String { text.replacing(old, with: new) }
}

/// An answer as somebody follows it who cannot take back what was told: what the log says anew, because another attempt
/// begins, is not told twice.
package struct ToldText: Sendable {
    /// What the log amounts to: the answer as far as it has come.
    package private(set) var text = ""
    private var told = ""
    private var isRepeating = false

    package init() {}

    /// Whether the answer stops short of what was told.
    package var isShorter: Bool { isRepeating && !text.isEmpty }

    /// An `agent_start`: the log begins anew.
    package mutating func begin() {
        told = isRepeating ? told : text
        isRepeating = !told.isEmpty
        text = ""
    }

    /// A `content_delta`. Returns what is new for somebody who has read all before.
    package mutating func add(_ delta: String) -> String {
        text += delta
        guard isRepeating else { return delta }
        if told.utf8.starts(with: text.utf8), told.utf8.count > text.utf8.count { return "" }
        isRepeating = false
        if text.utf8.starts(with: told.utf8) { return String(text[told.endIndex...]) }
        // What was told cannot be taken back: a model has broken off, and another one has begun anew.
        return "\n\n" + text[commonLines...]
    }

    /// Where the first line begins that is not as it was told.
    private var commonLines: String.Index {
        var start = text.startIndex
        for (index, byte) in zip(text.utf8.indices, zip(text.utf8, told.utf8)) {
            guard byte.0 == byte.1 else { break }
            if byte.0 == UInt8(ascii: "\n") { start = text.utf8.index(after: index) }
        }
        return start
    }
}

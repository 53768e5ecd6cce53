/// One line of a text that grows.
struct SourceLine {
    let text: ArraySlice<UInt8>
    /// The line with its line break.
    let whole: ArraySlice<UInt8>
    /// Whether its line break is there and can no longer grow (a carriage return at the very end can).
    let isComplete: Bool

    var next: Int { whole.endIndex }

    init(_ source: ArraySlice<UInt8>, from start: Int) {
        guard let end = source[start...].firstIndex(where: \.isLineEnd) else {
            text = source[start...]
            whole = text
            isComplete = false
            return
        }
        text = source[start..<end]
        let isPair = source[end] == 0x0D && end + 1 < source.endIndex && source[end + 1] == 0x0A
        whole = source[start..<(isPair ? end + 2 : end + 1)]
        isComplete = source[end] == 0x0A || end + 1 < source.endIndex
    }
}

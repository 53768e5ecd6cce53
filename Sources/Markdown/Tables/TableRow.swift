/// Cuts a line of a table into its cells.
enum TableRow {
    /// The cells' places, without the white space around them; none if the line has none.
    static func cells(_ bytes: UnsafeBufferPointer<UInt8>, in line: Range<Int>, atMost limit: Int = .max) -> [Range<Int>] {
        let line = trimmed(bytes, line)
        guard !line.isEmpty else { return [] }
        var cells: [Range<Int>] = []
        var start = bytes[line.lowerBound] == UInt8(ascii: "|") ? line.lowerBound + 1 : line.lowerBound
        var index = start
        while index < line.upperBound, cells.count < limit {
            if bytes[index] == UInt8(ascii: "|"), index == start || bytes[index - 1] != UInt8(ascii: "\\") {
                cells.append(trimmed(bytes, start..<index))
                start = index + 1
            }
            index += 1
        }
        if start < line.upperBound, cells.count < limit { cells.append(trimmed(bytes, start..<line.upperBound)) }
        return cells
    }

    /// The alignments a delimiter row asks for; nil if the line is not one.
    static func alignments(_ bytes: UnsafeBufferPointer<UInt8>, in line: Range<Int>) -> [Alignment]? {
        var alignments: [Alignment] = []
        for cell in cells(bytes, in: line) {
            guard let alignment = alignment(bytes[cell]) else { return nil }
            alignments.append(alignment)
        }
        return alignments.isEmpty ? nil : alignments
    }

    private static func alignment(_ cell: Slice<UnsafeBufferPointer<UInt8>>) -> Alignment? {
        var dashes = cell
        let isLeft = dashes.first == UInt8(ascii: ":")
        if isLeft { dashes.removeFirst() }
        let isRight = dashes.last == UInt8(ascii: ":")
        if isRight { dashes.removeLast() }
        guard !dashes.isEmpty, dashes.allSatisfy({ $0 == UInt8(ascii: "-") }) else { return nil }
        return isLeft ? (isRight ? .center : .left) : (isRight ? .right : .natural)
    }

    private static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, bytes[start].isSpace { start += 1 }
        while end > start, bytes[end - 1].isSpace { end -= 1 }
        return start..<end
    }

    /// Whether a line that may not interrupt a paragraph begins a block after a table's row.
    static func isOtherBlock(_ bytes: UnsafeBufferPointer<UInt8>, in line: Range<Int>) -> Bool {
        let line = trimmed(bytes, line)
        guard let first = line.first else { return true }
        if LinePrefix.markerLength(bytes, at: first) != nil { return true }
        switch bytes[first] {
        case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "_"): return isThematicBreak(bytes[line])
        case UInt8(ascii: "<"): return isTag(bytes[line])
        default: return false
        }
    }

    private static func isThematicBreak(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let signs = line.filter { !$0.isSpaceOrTab }
        return signs.count >= 3 && signs.allSatisfy { $0 == signs[0] }
    }

    /// A line that is one HTML tag and nothing else, near enough: the parser decides what becomes of it.
    private static func isTag(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var name = line.dropFirst()
        if name.first == UInt8(ascii: "/") { name = name.dropFirst() }
        guard let first = name.first, first.isLetter, line.last == UInt8(ascii: ">") else { return false }
        let rest = name.drop { $0.isAlphanumeric || $0 == UInt8(ascii: "-") }
        guard let next = rest.first else { return false }
        let endsName = next.isSpace || next == UInt8(ascii: "/") || next == UInt8(ascii: ">")
        return endsName && rest.firstIndex(of: UInt8(ascii: ">")) == line.endIndex - 1
            && !rest.contains(UInt8(ascii: "<"))
    }
}

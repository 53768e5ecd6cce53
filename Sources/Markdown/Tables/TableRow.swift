/// Cuts a line of a table into its cells.
enum TableRow {
    /// The cells' places, without the white space around them; none if the line has none.
    static func cells(_ bytes: UnsafeBufferPointer<UInt8>, in line: Range<Int>, atMost limit: Int = .max) -> [Range<
        Int
    >] {
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

    static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, bytes[start].isSpace { start += 1 }
        while end > start, bytes[end - 1].isSpace { end -= 1 }
        return start..<end
    }
}

/// Tells whether a line that could not interrupt a paragraph begins a block after a table's row.
enum TableEnd {
    static func isReached(_ bytes: UnsafeBufferPointer<UInt8>, in line: Range<Int>) -> Bool {
        let line = TableRow.trimmed(bytes, line)
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

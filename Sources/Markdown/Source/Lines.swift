/// Where the lines of a text are, and which of them may be the delimiter row of a table.
struct Lines {
    private(set) var starts: [Int] = []
    /// The end of each line's text, before its line break.
    private(set) var ends: [Int] = []
    /// Lines made of nothing but `|`, `:`, `-`, quote markers and white space.
    private(set) var delimiters: [Int] = []

    var count: Int { starts.count }

    init(_ text: [UInt8]) {
        text.withUnsafeBufferPointer { bytes in
            var index = 0
            while index < bytes.count {
                index = readLine(bytes, from: index)
            }
        }
    }

    private mutating func readLine(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        var hasDash = false
        var hasDivider = false
        var isDelimiter = true
        while index < bytes.count, !bytes[index].isLineEnd {
            switch bytes[index] {
            case UInt8(ascii: "-"): hasDash = true
            case UInt8(ascii: "|"), UInt8(ascii: ":"): hasDivider = true
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ">"): break
            default: isDelimiter = false
            }
            index += 1
        }
        if isDelimiter && hasDash && hasDivider { delimiters.append(starts.count) }
        starts.append(start)
        ends.append(index)
        if index + 1 < bytes.count, bytes[index] == 0x0D, bytes[index + 1] == 0x0A { index += 1 }
        return index + 1
    }
}

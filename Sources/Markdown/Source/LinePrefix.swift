/// What stands before a line's text: white space and container markers, as they look without their context.
struct LinePrefix {
    private(set) var isBlank = false
    /// Where the first marker at or beyond the deepest column stands.
    private(set) var deepMarker: Int?
    /// Where the text begins.
    private(set) var end: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, deepestColumn: Int = .max) {
        end = start
        var column = 0
        var hasMarker = false
        while end < bytes.count {
            let byte = bytes[end]
            if byte == UInt8(ascii: " ") {
                column += 1
                end += 1
            } else if byte == UInt8(ascii: "\t") {
                column += 4 - column % 4
                end += 1
            } else {
                guard let length = Self.markerLength(bytes, at: end) else { break }
                if column >= deepestColumn, deepMarker == nil { deepMarker = end }
                hasMarker = true
                column += length
                end += length
            }
        }
        isBlank = !hasMarker && (end == bytes.count || bytes[end].isLineEnd)
    }

    /// The length of the quote, bullet or number marker that may stand here.
    static func markerLength(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
        switch bytes[index] {
        case UInt8(ascii: ">"): 1
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "*"): endsMarker(bytes, at: index + 1) ? 1 : nil
        case UInt8(ascii: "0")...UInt8(ascii: "9"): numberLength(bytes, at: index)
        default: nil
        }
    }

    private static func numberLength(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Int? {
        var index = start
        while index < bytes.count, bytes[index].isDigit, index - start < 9 { index += 1 }
        guard index < bytes.count, bytes[index] == UInt8(ascii: ".") || bytes[index] == UInt8(ascii: ")") else {
            return nil
        }
        return endsMarker(bytes, at: index + 1) ? index + 1 - start : nil
    }

    private static func endsMarker(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        index >= bytes.count || bytes[index].isSpaceOrTab || bytes[index].isLineEnd
    }
}

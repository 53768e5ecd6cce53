/// Collects HTML; the only place where text is escaped and this module's marks are dropped.
struct HTMLWriter {
    private(set) var bytes: [UInt8] = []

    /// Our own HTML.
    mutating func markup(_ html: StaticString) {
        html.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func number(_ number: Int) {
        bytes.append(contentsOf: String(number).utf8)
    }

    /// Begins a new line if something stands on this one.
    mutating func line() {
        if let last = bytes.last, last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
    }

    mutating func take() -> String {
        defer { bytes.removeAll(keepingCapacity: true) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A line as it was written, without marks; its line break becomes the parser's.
    mutating func source(line: ArraySlice<UInt8>) {
        line.withUnsafeBufferPointer { text($0, hasMarks: false) }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Text that went through the guard and the parser.
    mutating func text(_ text: UnsafeBufferPointer<UInt8>, hasMarks: Bool = true) {
        var copied = 0
        var index = 0
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\""): escape("&quot;", text, &copied, at: index)
            case UInt8(ascii: "&"): escape("&amp;", text, &copied, at: index)
            case UInt8(ascii: "<"): escape("&lt;", text, &copied, at: index)
            case UInt8(ascii: ">"): escape("&gt;", text, &copied, at: index)
            case Mark.cell where hasMarks, Mark.still where hasMarks: escape("", text, &copied, at: index)
            case 0xF0 where hasMarks && Mark.isEscape(text, at: index):
                bytes.append(contentsOf: text[copied..<index])
                let isReal = index + 4 < text.count && text[index + 4] == Mark.still
                if isReal { bytes.append(contentsOf: Mark.escape) }
                index += isReal ? 4 : 3
                copied = index + 1
            default: break
            }
            index += 1
        }
        bytes.append(contentsOf: text[copied...])
    }

    mutating func text(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        self.text(UnsafeBufferPointer(rebasing: text[range]))
    }

    /// An address without marks (see `LinkTarget`), as an attribute's value.
    mutating func address(_ address: [UInt8]) {
        for byte in address {
            switch byte {
            case UInt8(ascii: "&"): markup("&amp;")
            case UInt8(ascii: "'"): markup("&#x27;")
            case _ where Self.isAddressByte(byte): bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), Self.digits[Int(byte >> 4)], Self.digits[Int(byte & 15)]]
            }
        }
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["), UInt8(ascii: "\\"),
            UInt8(ascii: "]"), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"),
            UInt8(ascii: "}"):
            false
        default: (0x21...0x7E).contains(byte)
        }
    }

    private mutating func escape(
        _ entity: StaticString,
        _ text: UnsafeBufferPointer<UInt8>,
        _ copied: inout Int,
        at index: Int
    ) {
        bytes.append(contentsOf: text[copied..<index])
        markup(entity)
        copied = index + 1
    }
}

/// PostgreSQL's text form of an array, `{"a","b\"c",NULL}`, in both directions.
enum ArrayLiteral {
    static func append<Element: Bindable>(_ array: [Element], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        for (index, element) in array.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(element, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func append<Element: Bindable>(_ element: Element, to bytes: inout [UInt8]) {
        let start = bytes.count
        if !Element.isPlainInArrays { bytes.append(UInt8(ascii: "\"")) }
        guard element.appendText(to: &bytes) else {
            bytes.removeSubrange(start...)
            return bytes.append(contentsOf: "NULL".utf8)
        }
        guard !Element.isPlainInArrays else { return }
        escape(&bytes, from: start + 1)
        bytes.append(UInt8(ascii: "\""))
    }

    private static func escape(_ bytes: inout [UInt8], from start: Int) {
        guard bytes[start...].contains(where: needsEscape) else { return }
        let plain = Array(bytes[start...])
        bytes.removeSubrange(start...)
        for byte in plain {
            if needsEscape(byte) { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
    }

    private static func needsEscape(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") }

    /// The elements of a one-dimensional array, nil for null; nil altogether when the text is not such an array.
    static func elements(of text: UnsafeBufferPointer<UInt8>) -> [[UInt8]?]? {
        var reader = ArrayReader(text: text)
        return reader.elements()
    }
}

/// Reads one array literal from the left to the right.
private struct ArrayReader {
    let text: UnsafeBufferPointer<UInt8>
    var position = 0

    mutating func elements() -> [[UInt8]?]? {
        // Bounds other than 1 come first: `[0:1]={…}`.
        if text.first == UInt8(ascii: "["), let equals = text.firstIndex(of: UInt8(ascii: "=")) {
            position = equals + 1
        }
        guard next() == UInt8(ascii: "{") else { return nil }
        if peek == UInt8(ascii: "}") { return position + 1 == text.count ? [] : nil }
        var elements: [[UInt8]?] = []
        while true {
            guard let element = element() else { return nil }
            elements.append(element.isNull ? nil : element.bytes)
            switch next() {
            case UInt8(ascii: ","): continue
            case UInt8(ascii: "}"): return position == text.count ? elements : nil
            default: return nil
            }
        }
    }

    private mutating func element() -> (bytes: [UInt8], isNull: Bool)? {
        if peek == UInt8(ascii: "{") { return nil }
        let isQuoted = peek == UInt8(ascii: "\"")
        if isQuoted { position += 1 }
        var bytes: [UInt8] = []
        while let byte = peek {
            if isQuoted ? byte == UInt8(ascii: "\"") : byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") { break }
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            guard let escaped = next() else { return nil }
            bytes.append(escaped)
        }
        if isQuoted { guard next() != nil else { return nil } }
        return (bytes, !isQuoted && bytes.elementsEqual("NULL".utf8))
    }

    private var peek: UInt8? { position < text.count ? text[position] : nil }

    private mutating func next() -> UInt8? {
        defer { position += 1 }
        return peek
    }
}

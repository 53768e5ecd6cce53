extension String {
    /// XML from its first element on. Nothing before it is needed, and what a document declares there can be a bomb: a default
    /// attribute of a hundred kilobytes, say, which the parser would add to each of a million elements.
    var withoutProlog: String {
        let bytes = Array(utf8)
        var index = 0
        while index < bytes.count {
            let rest = bytes[index...]
            if bytes[index] <= 0x20 {
                index += 1
            } else if rest.starts(with: "<?".utf8) {
                index = bytes.end(of: Array("?>".utf8), after: index + 2)
            } else if rest.starts(with: "<!--".utf8) {
                index = bytes.end(of: Array("-->".utf8), after: index + 4)
            } else if rest.starts(with: "<!DOCTYPE".utf8) {
                index = bytes.endOfDocumentType(at: index)
            } else {
                break
            }
        }
        return String(decoding: bytes[index...], as: UTF8.self)
    }
}

extension [UInt8] {
    /// Behind a document type, its own declarations included; the end when it has none.
    fileprivate func endOfDocumentType(at start: Int) -> Int {
        var index = start
        var isInside = false
        while index < count {
            let byte = self[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                index = end(of: [byte], after: index + 1)
                continue
            }
            if self[index...].starts(with: "<!--".utf8) {
                index = end(of: Array("-->".utf8), after: index + 4)
                continue
            }
            if byte == UInt8(ascii: "[") { isInside = true }
            if byte == UInt8(ascii: "]") { isInside = false }
            index += 1
            if byte == UInt8(ascii: ">"), !isInside { return index }
        }
        return count
    }
}

extension String {
    /// XML in which only the five entities that need no definition are left, and characters by their number. Others become
    /// text: feeds use HTML's without defining them, which would make the parser lose all that follow, and definitions of
    /// a document's own can be a bomb.
    var withoutOwnEntities: String {
        var text: [UInt8] = []
        let bytes = Array(utf8)
        text.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "<"), bytes[index...].starts(with: Self.dataStart) {
                // Between these marks nothing is an entity.
                let end = bytes.end(of: Self.dataEnd, after: index)
                text += bytes[index..<end]
                index = end
                continue
            }
            text.append(bytes[index])
            if bytes[index] == UInt8(ascii: "&"), !Self.isKnown(bytes[(index + 1)...].prefix(12)) {
                text += Array("amp;".utf8)
            }
            index += 1
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let dataStart = Array("<![CDATA[".utf8)
    private static let dataEnd = Array("]]>".utf8)

    private static func isKnown(_ following: ArraySlice<UInt8>) -> Bool {
        guard let end = following.firstIndex(of: UInt8(ascii: ";")) else { return false }
        let name = String(decoding: following[..<end], as: UTF8.self)
        return name.hasPrefix("#") || ["lt", "gt", "amp", "quot", "apos"].contains(name)
    }
}

extension [UInt8] {
    /// Behind the first `mark` after `start`; the end when there is none.
    func end(of mark: [UInt8], after start: Int) -> Int {
        var index = start
        while index + mark.count <= count {
            if self[index] == mark[0], self[index...].starts(with: mark) { return index + mark.count }
            index += 1
        }
        return count
    }
}

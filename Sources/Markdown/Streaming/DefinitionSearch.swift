/// Tells whether a text may hold a link reference definition, which can change any block before or after it.
///
/// It errs on the side of yes: a line that begins with `[` inside its containers, and `]:` before the next blank one.
enum DefinitionSearch {
    static func mayDefine(_ source: ArraySlice<UInt8>) -> Bool {
        source.withUnsafeBufferPointer { bytes in
            var index = 0
            var isOpen = false
            while index < bytes.count {
                guard let next = nextLine(bytes, after: index, &isOpen) else { return true }
                index = next
            }
            return false
        }
    }

    /// Where the next line begins; nil if this one may end a definition's label.
    private static func nextLine(_ bytes: UnsafeBufferPointer<UInt8>, after start: Int, _ isOpen: inout Bool) -> Int? {
        var index = LinePrefix(bytes, from: start).end
        guard index < bytes.count else { return index }
        if bytes[index].isLineEnd {
            isOpen = false
            return index + 1
        }
        if bytes[index] == UInt8(ascii: "[") { isOpen = true }
        while index < bytes.count, !bytes[index].isLineEnd {
            if isOpen, bytes[index] == UInt8(ascii: ":"), index > start, bytes[index - 1] == UInt8(ascii: "]") {
                return nil
            }
            index += 1
        }
        if index + 1 < bytes.count, bytes[index] == 0x0D, bytes[index + 1] == 0x0A { index += 1 }
        return index + 1
    }
}

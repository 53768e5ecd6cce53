/// Rewrites what the parser cannot be given as it is: hostile nesting, and escapes that our extensions must see.
///
/// It works line by line and adds `Mark`s only, never a line, so line numbers stay what they were.
struct SourceGuard {
    /// List and quote markers from this column on are text: the parser visits every open container for every line.
    static let deepestColumn = 100
    /// Images begun in one paragraph; beyond it `![` is text and a link, since the parser walks back over each
    /// begun image for every link that ends.
    static let mostImages = 256

    /// Images begun since the last blank line.
    private(set) var images: Int
    private(set) var text: [UInt8] = []
    private var copied = 0

    /// `images`: how many were begun between the last blank line and this text.
    init(_ source: ArraySlice<UInt8>, images: Int = 0) {
        self.images = images
        source.withUnsafeBufferPointer { protect($0) }
    }

    private mutating func protect(_ bytes: UnsafeBufferPointer<UInt8>) {
        text.reserveCapacity(bytes.count + 16)
        var index = 0
        var isLineStart = true
        while index < bytes.count {
            if isLineStart {
                isLineStart = false
                enterLine(bytes, at: index)
            }
            switch bytes[index] {
            case UInt8(ascii: "\r") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "\n"):
                break
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                isLineStart = true
            case UInt8(ascii: "\\") where index + 1 < bytes.count && bytes[index + 1].isPunctuation:
                index += 1
                if Self.isWatched(bytes[index]) { insert(Mark.escape, before: index + 1, in: bytes) }
            case UInt8(ascii: "!") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "["):
                images += 1
                if images > Self.mostImages { insert(Mark.escape, before: index + 1, in: bytes) }
            case UInt8(ascii: "&") where CharacterReference.isMark(bytes, at: index):
                insert([Mark.still], before: index + 1, in: bytes)
            case 0xF0 where Mark.isEscape(bytes, at: index):
                index += 3
                insert([Mark.still], before: index + 1, in: bytes)
            default:
                break
            }
            index += 1
        }
        text.append(contentsOf: bytes[copied...])
    }

    /// The characters that mean something to our own extensions.
    private static func isWatched(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "~"), UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "@"), UInt8(ascii: "["): true
        default: false
        }
    }

    private mutating func enterLine(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) {
        let prefix = LinePrefix(bytes, from: start, deepestColumn: Self.deepestColumn)
        if prefix.isBlank { images = 0 }
        if let marker = prefix.deepMarker { insert([Mark.still], before: marker, in: bytes) }
    }

    private mutating func insert(_ mark: [UInt8], before index: Int, in bytes: UnsafeBufferPointer<UInt8>) {
        text.append(contentsOf: bytes[copied..<index])
        text.append(contentsOf: mark)
        copied = index
    }
}

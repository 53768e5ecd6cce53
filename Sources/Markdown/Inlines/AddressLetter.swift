/// A character of an address beyond ASCII.
struct AddressLetter {
    let length: Int
    private let scalar: UInt32

    init(_ text: UnsafeBufferPointer<UInt8>, at index: Int) {
        let first = text[index]
        let wanted = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        length = min(wanted, text.count - index)
        var scalar = UInt32(first) & (0xFF >> UInt32(wanted + 1))
        for byte in text[index + 1..<index + length] { scalar = scalar << 6 | UInt32(byte & 0x3F) }
        self.scalar = scalar
    }

    /// Whether the address must end before it: blanks, quotation marks, dashes, Chinese punctuation, our own mark.
    var endsAddress: Bool {
        switch scalar {
        case 0xA0, 0x2014, 0x2018...0x201F, 0x2026, 0x3000...0x303F, 0x1039F: true
        case 0xFF01...0xFF0F, 0xFF1A...0xFF20, 0xFF3B...0xFF40, 0xFF5B...0xFF65: true
        default: false
        }
    }

    var isEastAsian: Bool {
        switch scalar {
        case 0x2E80...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF, 0x20000...0x3FFFF: true
        default: false
        }
    }
}

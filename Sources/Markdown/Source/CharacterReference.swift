/// Recognises the numeric character references that would become one of this module's marks after the guard.
enum CharacterReference {
    static func isMark(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        var index = index + 1
        guard index < bytes.count, bytes[index] == UInt8(ascii: "#") else { return false }
        index += 1
        var radix: UInt32 = 10
        if index < bytes.count, bytes[index].lowercased == UInt8(ascii: "x") {
            radix = 16
            index += 1
        }
        var value: UInt32 = 0
        for byte in bytes[index...].prefix(8) {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, digit < radix else {
                return byte == UInt8(ascii: ";") && [UInt32(Mark.cell), UInt32(Mark.still), 0x1039F].contains(value)
            }
            value = value * radix + UInt32(digit)
        }
        return false
    }
}

package import Foundation

extension UInt8: ColumnValue {
    /// Bytes are not an array of numbers: they are `bytea`, `\x` and two digits a byte.
    package static func readArray(_ text: UnsafeBufferPointer<UInt8>?) -> [UInt8]? {
        guard let text, text.count >= 2, text.count % 2 == 0 else { return nil }
        guard text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x") else { return nil }
        let isValid = text.dropFirst(2).allSatisfy { hexadecimalValue($0) != nil }
        guard isValid else { return nil }
        return [UInt8](unsafeUninitializedCapacity: text.count / 2 - 1) { bytes, count in
            count = text.count / 2 - 1
            for index in 0..<count {
                let high = hexadecimalValue(text[index * 2 + 2]) ?? 0
                let low = hexadecimalValue(text[index * 2 + 3]) ?? 0
                bytes[index] = high << 4 | low
            }
        }
    }
}

extension Data: ColumnValue {
    package static func read(_ text: UnsafeBufferPointer<UInt8>?) -> Data? { UInt8.readArray(text).map { Data($0) } }
}

extension UUID: ColumnValue {
    package static func read(_ text: UnsafeBufferPointer<UInt8>?) -> UUID? {
        guard let text, text.count == 36 else { return nil }
        var bytes: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        let isValid = withUnsafeMutableBytes(of: &bytes) { bytes in
            var position = 0
            for index in 0..<16 {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    guard text[position] == UInt8(ascii: "-") else { return false }
                    position += 1
                }
                guard let high = hexadecimalValue(text[position]), let low = hexadecimalValue(text[position + 1])
                else { return false }
                bytes[index] = high << 4 | low
                position += 2
            }
            return true
        }
        return isValid ? UUID(uuid: bytes) : nil
    }
}

private func hexadecimalValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
}

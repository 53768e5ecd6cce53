/// Makes a person's or a model's text ready for the parser.
enum SourceText {
    /// The text's bytes without those this module uses as marks of its own (`Mark`), byte order marks, and NUL.
    ///
    /// It looks at one character at a time, so cleaning parts is the same as cleaning the whole.
    static func clean(_ text: String) -> [UInt8] {
        var text = text
        return text.withUTF8 { bytes in
            bytes.contains(where: isSuspicious) ? cleaned(bytes) : Array(bytes)
        }
    }

    private static func isSuspicious(_ byte: UInt8) -> Bool {
        byte == 0 || byte == Mark.cell || byte == Mark.still || byte == 0xEF
    }

    private static func cleaned(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case 0:
                result += [0xEF, 0xBF, 0xBD]
            case Mark.cell, Mark.still:
                break
            case 0xEF where index + 2 < bytes.count && bytes[index + 1] == 0xBB && bytes[index + 2] == 0xBF:
                index += 2
            default:
                result.append(bytes[index])
            }
            index += 1
        }
        return result
    }
}

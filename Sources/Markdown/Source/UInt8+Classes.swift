extension UInt8 {
    var isLineEnd: Bool { self == 0x0A || self == 0x0D }
    var isSpaceOrTab: Bool { self == 0x20 || self == 0x09 }
    /// White space as the parser has it.
    var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
    var isDigit: Bool { (0x30...0x39).contains(self) }
    var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
    var isAlphanumeric: Bool { isLetter || isDigit }
    var isPunctuation: Bool { (0x21...0x7E).contains(self) && !isAlphanumeric }
    var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}

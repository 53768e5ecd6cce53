extension Character {
    /// Whether it is one of the common Chinese characters.
    var isHan: Bool { unicodeScalars.first.map { 0x4E00...0x9FFF ~= $0.value } ?? false }
}

/// The marks this module leaves in the text for itself, between the guard before the parser and the writer after it.
///
/// None can come from outside: the control characters are removed by `SourceText`, references to them made plain
/// text, and a real `escape` character is written as `escape` then `still`. The writer drops every mark it meets, in code too,
/// so that a mark changes how a text is read and never what it says.
enum Mark {
    /// Stands at both ends of a table's cell.
    static let cell: UInt8 = 0x1D
    /// Before a list or quote marker makes it plain text.
    static let still: UInt8 = 0x1F
    /// After an escaped character says that it was escaped, which the parser's tree no longer tells.
    ///
    /// U+1039F is a letter nobody types, and punctuation, so that emphasis beside it is read as before.
    static let escape: [UInt8] = [0xF0, 0x90, 0x8E, 0x9F]

    static func isEscape(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        index + 3 < bytes.count && bytes[index] == 0xF0 && bytes[index + 1] == 0x90
            && bytes[index + 2] == 0x8E && bytes[index + 3] == 0x9F
    }
}

import Mustache

/// Escapes byte by byte. Mustache's own way goes by whole characters, and leaves a quotation mark that a combining
/// accent follows as it is: enough to leave an attribute.
struct SafeHTML: MustacheContentType {
    /// Stands at the top of every template, because a partial begins with the default again.
    static let pragma = "{{%CONTENT_TYPE:SAFE}}"

    static func register() { MustacheContentTypes.register(SafeHTML(), named: "SAFE") }

    func escapeText(_ text: String) -> String { SafeHTML.escaped(text) }

    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { replacement(for: $0) != nil }) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 32)
        for byte in text.utf8 {
            if let replacement = replacement(for: byte) {
                bytes.append(contentsOf: replacement.utf8)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func replacement(for byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}

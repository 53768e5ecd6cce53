import CXML
import Foundation

/// Turns the bytes of a document into text by the character set that they are in, as browsers find it out (Encoding
/// Standard): a byte order mark, then what the server says, then what the document says of itself, then a guess.
enum Charset {
    /// `declared` is the charset of the `Content-Type`. Bytes that mean nothing become U+FFFD.
    static func text(of bytes: [UInt8], declared: String?, mayDeclareItself: Bool = true) -> String {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return String(decoding: bytes.dropFirst(3), as: UTF8.self) }
        if bytes.starts(with: [0xFE, 0xFF]) { return converted(bytes.dropFirst(2), from: "UTF-16BE") }
        if bytes.starts(with: [0xFF, 0xFE]) { return converted(bytes.dropFirst(2), from: "UTF-16LE") }
        let label = declared ?? (mayDeclareItself ? labelInside(bytes) : nil)
        guard let label, let name = name(of: label) else {
            return String(validating: bytes, as: UTF8.self) ?? converted(bytes[...], from: "WINDOWS-1252")
        }
        return name == "UTF-8" ? String(decoding: bytes, as: UTF8.self) : converted(bytes[...], from: name)
    }

    /// `<meta charset=…>`, `<meta … content="…; charset=…">` or `<?xml … encoding="…"?>` in the first bytes.
    private static func labelInside(_ bytes: [UInt8]) -> String? {
        let head = String(decoding: bytes.prefix(2048).map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self).lowercased()
        let pattern = /(?:<meta[^>]*charset|<\?xml[^>]*encoding)\s*=\s*["']?\s*([a-z0-9_:.-]+)/
        guard let label = head.firstMatch(of: pattern)?.1 else { return nil }
        // Had it been UTF-16, this could not have been read.
        return label.hasPrefix("utf-16") ? "utf-8" : String(label)
    }

    /// What glibc calls it; nil for a label that nobody knows.
    private static func name(of label: String) -> String? {
        let label = label.trimmed.lowercased().filter { !"\"'".contains($0) }
        switch label {
        case "utf-8", "utf8", "unicode-1-1-utf-8": return "UTF-8"
        case "gb2312", "gbk", "gb_2312-80", "x-gbk", "gb18030", "chinese", "csgb2312": return "GB18030"
        case "iso-8859-1", "latin1", "us-ascii", "ascii", "windows-1252", "cp1252", "iso8859-1", "l1":
            return "WINDOWS-1252"
        case "shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j", "ms932": return "CP932"
        case "euc-kr", "ks_c_5601-1987", "windows-949", "korean", "ksc5601": return "CP949"
        case "big5", "big5-hkscs", "x-x-big5", "cn-big5": return "BIG5-HKSCS"
        case "iso-8859-9", "latin5": return "WINDOWS-1254"
        default:
            guard let handle = handle(label) else { return nil }
            iconv_close(handle)
            return label
        }
    }

    private static func handle(_ name: String) -> iconv_t? {
        guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_:.".contains($0)) }) else { return nil }
        let handle = iconv_open("UTF-8", name)
        // What it returns instead of nil.
        return handle == iconv_t(bitPattern: -1) ? nil : handle
    }

    private static func converted(_ bytes: ArraySlice<UInt8>, from name: String) -> String {
        guard let handle = handle(name) else { return String(decoding: bytes, as: UTF8.self) }
        defer { iconv_close(handle) }
        var input = bytes.map { CChar(bitPattern: $0) }
        var text: [UInt8] = []
        input.withUnsafeMutableBufferPointer { buffer in
            var (start, left) = (buffer.baseAddress, buffer.count)
            var output = [CChar](repeating: 0, count: 32 * 1024)
            while left > 0 {
                let (status, written) = output.withUnsafeMutableBufferPointer { room in
                    var (end, free) = (room.baseAddress, room.count)
                    let status = iconv(handle, &start, &left, &end, &free)
                    return (status == -1 ? errno : 0, room.count - free)
                }
                text += output[..<written].lazy.map { UInt8(bitPattern: $0) }
                guard status != 0, status != E2BIG else { continue }
                text += Array("\u{FFFD}".utf8)
                start = start?.advanced(by: 1)
                left -= 1
                // Half a character at the end is all that is left.
                if status == EINVAL { break }
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

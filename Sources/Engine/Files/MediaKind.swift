import Foundation

/// What kind of file something is, by its bytes. A name decides only between texts, which are all shown as text.
package enum MediaKind {
    package static let unknown = "application/octet-stream"

    /// How many bytes of the beginning, and of the end, are looked at.
    package static let sample = 65_536

    /// `head` are the first bytes of a file, `tail` its last ones: an archive's table of contents stands there. Each at most
    /// `sample` bytes.
    package static func mediaType(head: [UInt8], tail: [UInt8] = [], name: String) -> String {
        if let type = Signature.mediaType(of: head, tail: tail) { return type }
        guard isText(head) else { return unknown }
        return textType(String(decoding: head.prefix(4096), as: UTF8.self), name: name)
    }

    /// Pictures of points that browsers draw and that carry no scripts: they alone are shown in place.
    package static func isPicture(_ mediaType: String) -> Bool {
        ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(mediaType)
    }

    /// Whether its bytes are meant to be read as they are.
    package static func isText(_ mediaType: String) -> Bool {
        mediaType.hasPrefix("text/") || ["application/json", "application/xml", "image/svg+xml"].contains(mediaType)
    }

    private static func isText(_ bytes: [UInt8]) -> Bool {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return true }
        let isPlain = !bytes.contains { $0 < 0x09 || (0x0E...0x1A).contains($0) || $0 == 0x0B || $0 == 0x7F }
        guard isPlain else { return false }
        // The last character may be cut; what is not UTF-8 may be an older encoding of Latin or Chinese letters.
        let whole = bytes.dropLast(bytes.count < sample ? 0 : 4)
        let replaced = String(decoding: whole, as: UTF8.self).unicodeScalars.count { $0 == "\u{FFFD}" }
        return replaced * 3 < max(1, bytes.count)
    }

    private static func textType(_ start: String, name: String) -> String {
        let trimmed = start.drop { $0.isWhitespace || $0 == "\u{FEFF}" }.lowercased()
        if trimmed.hasPrefix("<!doctype html") || trimmed.hasPrefix("<html") { return "text/html" }
        if trimmed.hasPrefix("<svg") || (trimmed.hasPrefix("<?xml") && trimmed.contains("<svg")) {
            return "image/svg+xml"
        }
        if trimmed.hasPrefix("<?xml") { return "application/xml" }
        if trimmed.hasPrefix("{\\rtf") { return "application/rtf" }
        let ending = FileName.ending(name)
        if ending == "json", trimmed.hasPrefix("{") || trimmed.hasPrefix("[") { return "application/json" }
        return textTypes[ending] ?? "text/plain"
    }

    private static let textTypes = [
        "md": "text/markdown", "markdown": "text/markdown", "csv": "text/csv", "tsv": "text/tab-separated-values",
        "css": "text/css", "js": "text/javascript", "mjs": "text/javascript", "py": "text/x-python",
        "swift": "text/x-swift", "sql": "text/x-sql", "yaml": "text/yaml", "yml": "text/yaml", "ics": "text/calendar",
    ]
}

/// The marks by which formats say what they are.
private enum Signature {
    static func mediaType(of head: [UInt8], tail: [UInt8]) -> String? {
        for (mark, type) in marks where head.starts(with: mark) { return type }
        if contains("%PDF-", in: head.prefix(1024)) { return "application/pdf" }
        if head.starts(with: [0x50, 0x4B, 3, 4]) || head.starts(with: [0x50, 0x4B, 5, 6]) { return zip(head, tail) }
        if head.starts(with: Array("RIFF".utf8)) { return riff(text(head, 8..<12)) }
        if text(head, 4..<8) == "ftyp" { return boxed(text(head, 8..<12)) }
        if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
            return contains("webm", in: head.prefix(64)) ? "video/webm" : "video/x-matroska"
        }
        if head.starts(with: Array("OggS".utf8)) {
            return contains("theora", in: head.prefix(64)) ? "video/ogg" : "audio/ogg"
        }
        if text(head, 257..<262) == "ustar" { return "application/x-tar" }
        return sound(head)
    }

    private static let marks: [([UInt8], String)] = [
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "image/png"), ([0xFF, 0xD8, 0xFF], "image/jpeg"),
        (Array("GIF87a".utf8), "image/gif"), (Array("GIF89a".utf8), "image/gif"),
        ([0x49, 0x49, 0x2A, 0], "image/tiff"), ([0x4D, 0x4D, 0, 0x2A], "image/tiff"),
        (Array("ID3".utf8), "audio/mpeg"), (Array("fLaC".utf8), "audio/flac"), (Array("#!AMR".utf8), "audio/amr"),
        ([0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11], "video/x-ms-asf"), (Array("FLV".utf8), "video/x-flv"),
        ([0x1F, 0x8B], "application/gzip"), (Array("BZh".utf8), "application/x-bzip2"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "application/x-xz"),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "application/x-7z-compressed"),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "application/x-ole-storage"),
        (Array("SQLite format 3\0".utf8), "application/vnd.sqlite3"), ([0x7F, 0x45, 0x4C, 0x46], "application/x-elf"),
        (Array("{\\rtf".utf8), "application/rtf"),
    ]

    /// Office documents and books are archives with certain entries.
    private static func zip(_ head: [UInt8], _ tail: [UInt8]) -> String {
        let office = "application/vnd.openxmlformats-officedocument."
        let declared = [
            "application/epub+zip", "application/vnd.oasis.opendocument.text",
            "application/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.presentation",
        ]
        for type in declared where contains("mimetype" + type, in: head.prefix(200)) { return type }
        for (entry, type) in [
            ("word/document.xml", office + "wordprocessingml.document"),
            ("xl/workbook.xml", office + "spreadsheetml.sheet"),
            ("ppt/presentation.xml", office + "presentationml.presentation"),
        ] where contains(entry, in: tail[...]) || contains(entry, in: head[...]) { return type }
        return "application/zip"
    }

    private static func riff(_ kind: String) -> String? {
        ["WAVE": "audio/wav", "WEBP": "image/webp", "AVI ": "video/x-msvideo"][kind]
    }

    private static func boxed(_ brand: String) -> String {
        switch brand {
        case "qt  ": "video/quicktime"
        case "M4A ", "M4B ": "audio/mp4"
        case "avif", "avis": "image/avif"
        case "heic", "heix", "mif1": "image/heic"
        default: "video/mp4"
        }
    }

    /// Frames of sound have no mark but their first bits; a bitmap has two letters and its own length.
    private static func sound(_ head: [UInt8]) -> String? {
        guard head.count >= 14 else { return nil }
        if head[0] == 0xFF, head[1] & 0xF6 == 0xF0 { return "audio/aac" }
        // FF FE begins texts in UTF-16, too.
        let isFrame = head[0] == 0xFF && (0xE2..<0xFE).contains(head[1]) && head[1] & 0x06 != 0
        if isFrame, head[2] & 0xF0 != 0xF0 { return "audio/mpeg" }
        let isBitmap = head[0] == 0x42 && head[1] == 0x4D && head[6...9].allSatisfy { $0 == 0 }
        return isBitmap ? "image/bmp" : nil
    }

    private static func text(_ bytes: [UInt8], _ range: Range<Int>) -> String {
        bytes.count >= range.upperBound ? String(decoding: bytes[range], as: UTF8.self) : ""
    }

    private static func contains(_ text: String, in bytes: ArraySlice<UInt8>) -> Bool {
        Data(bytes).range(of: Data(text.utf8)) != nil
    }
}

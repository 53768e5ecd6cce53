/// What kind of document something is, by its `Content-Type` and, where that says nothing, by its first bytes.
struct MediaType {
    enum Kind { case page, xml, plain }

    /// In small letters, without parameters.
    let name: String
    let charset: String?
    /// nil for what is not to be read.
    let kind: Kind?

    init(_ contentType: String?, bytes: [UInt8]) {
        let parts = (contentType ?? "").split(separator: ";").map(\.trimmed)
        let name = parts.first.map { $0.lowercased() } ?? ""
        let charset = parts.dropFirst().first { $0.lowercased().hasPrefix("charset=") }?.dropFirst(8)
        self.charset = charset.map { $0.filter { $0 != "\"" && $0 != "'" } }
        // What servers say when they do not know.
        let isUnknown = ["", "application/octet-stream", "binary/octet-stream", "unknown/unknown"].contains(name)
        self.name = isUnknown ? Self.magic(bytes) ?? name : name
        kind = isUnknown ? Self.sniffed(bytes) : Self.kind(of: name)
    }

    private static func kind(of name: String) -> Kind? {
        let texts: Set<String> = [
            "application/json", "application/javascript", "application/x-javascript", "application/ecmascript",
            "application/x-ndjson", "application/yaml", "application/x-yaml", "application/toml", "application/sql",
            "application/x-sh", "application/graphql", "application/markdown",
        ]
        if name == "text/html" || name == "application/xhtml+xml" { return .page }
        if name == "text/xml" || name == "application/xml" || name.hasSuffix("+xml") {
            return name.hasPrefix("image/") ? nil : .xml
        }
        return name.hasPrefix("text/") || name.hasSuffix("+json") || texts.contains(name) ? .plain : nil
    }

    private static func sniffed(_ bytes: [UInt8]) -> Kind? {
        guard magic(bytes) == nil, !bytes.prefix(4096).contains(where: { $0 < 0x09 || $0 == 0x0B }) else { return nil }
        let start = String(decoding: bytes.prefix(512), as: UTF8.self).lowercased()
        if start.contains("<!doctype html") || start.contains("<html") { return .page }
        return start.trimmed.hasPrefix("<?xml") ? .xml : .plain
    }

    private static func magic(_ bytes: [UInt8]) -> String? {
        let marks: [(StaticString, String)] = [
            ("%PDF-", "application/pdf"), ("PK\u{3}\u{4}", "application/zip"), ("GIF8", "image/gif"),
        ]
        for (mark, name) in marks {
            let start = UnsafeBufferPointer(start: mark.utf8Start, count: mark.utf8CodeUnitCount)
            if bytes.starts(with: start) { return name }
        }
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "image/png" }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        return bytes.starts(with: [0x1F, 0x8B]) ? "application/gzip" : nil
    }
}

/// A form with one file, as browsers send it (RFC 7578).
package struct FetchForm: Sendable {
    /// Of the header `Content-Type`.
    package let type: String
    package let body: [UInt8]

    /// `fields` come before the file, whose field is called `file`. `name` and `mediaType` are the file's.
    package init(
        _ fields: [(name: String, value: String)] = [],
        name: String,
        mediaType: String = "application/octet-stream",
        _ content: [UInt8]
    ) {
        // 128 bits of chance: no file holds it that was there before.
        let boundary = "alma-" + (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }.joined()
        let open = "--\(boundary)\r\nContent-Disposition: form-data; name="
        let before = fields.map { "\(open)\"\(Self.harmless($0.name))\"\r\n\r\n\($0.value)\r\n" }.joined()
        let head =
            "\(open)\"file\"; filename=\"\(Self.harmless(name))\"\r\n"
            + "Content-Type: \(Self.harmless(mediaType))\r\n\r\n"
        type = "multipart/form-data; boundary=\(boundary)"
        body = Array((before + head).utf8) + content + Array("\r\n--\(boundary)--\r\n".utf8)
    }

    /// As browsers do it: what would end a name or a line early is written as bytes.
    private static func harmless(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { written, scalar in
            switch scalar {
            case "\"": written += "%22"
            case "\r": written += "%0D"
            case "\n": written += "%0A"
            default: written.unicodeScalars.append(scalar)
            }
        }
    }
}

import Foundation

extension MailMessage {
    /// As it goes over the wire (RFC 5322, RFC 2045 to 2047): `multipart/alternative`, all of it ASCII. Whatever stands in a
    /// header is encoded, so that nothing in it can end the header.
    var wire: [UInt8] {
        let boundary = "=_alma_" + id.utf8.reduce(into: "") { $0 += String($1, radix: 16) }.prefix(40)
        let head = [
            "Date: \(Self.date(date))", "From: \(from)", "To: <\(recipient)>", "Subject: \(Self.header(subject))",
            "Message-ID: <\(id)@\(domain)>", "MIME-Version: 1.0", "Auto-Submitted: auto-generated",
            "Content-Type: multipart/alternative; boundary=\"\(boundary)\"", "",
        ]
        let parts = [("plain", text), ("html", html)].flatMap { kind, body in
            [
                "--\(boundary)", "Content-Type: text/\(kind); charset=utf-8", "Content-Transfer-Encoding: base64", "",
                Self.base64(body),
            ]
        }
        return Array((head + parts + ["--\(boundary)--", ""]).joined(separator: "\r\n").utf8)
    }

    private var domain: String { String(sender.address.split(separator: "@").last ?? "localhost") }

    private var from: String {
        sender.name.isEmpty ? "<\(sender.address)>" : "\(Self.header(sender.name)) <\(sender.address)>"
    }

    /// Words of a header: as they are when they are plain, else in encoded words, folded.
    static func header(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x20
        }
        if isPlain, text.utf8.count <= 60 { return text }
        var words: [String] = []
        var word = ""
        // A word holds whole characters and is 75 letters long at most.
        for character in text.unicodeScalars.filter({ !isControl($0) }) {
            if word.utf8.count + String(character).utf8.count > 42 {
                words.append(word)
                word = ""
            }
            word.unicodeScalars.append(character)
        }
        words.append(word)
        return words.map { "=?UTF-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    private static func base64(_ text: String) -> String {
        let lines = text.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
        return Data(lines.utf8).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
    }

    private static func date(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss '+0000'"
        return formatter.string(from: date)
    }
}

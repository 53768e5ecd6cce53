package import Foundation

/// A mail as plain text and as HTML.
package struct MailMessage: Sendable {
    /// Who sends it: an address, and a name that may be empty.
    package struct Sender: Sendable, Equatable {
        package var name: String
        package var address: String

        package init(name: String = "", address: String) {
            self.name = name
            self.address = address
        }

        /// Of `alma@example.org` or `ALMA <alma@example.org>`; nil of what is neither.
        package init?(_ text: String) {
            let text = text.trimmingCharacters(in: .whitespaces)
            if text.hasSuffix(">"), let open = text.lastIndex(of: "<") {
                name = text[..<open].trimmingCharacters(in: CharacterSet(charactersIn: " \""))
                address = String(text[text.index(after: open)...].dropLast())
            } else {
                (name, address) = ("", text)
            }
            let isPlain = !name.unicodeScalars.contains { MailMessage.isControl($0) || $0 == "<" || $0 == ">" }
            guard MailMessage.isAddress(address), isPlain else { return nil }
        }
    }

    package var sender: Sender
    package var recipient: String
    package var subject: String
    package var text: String
    package var html: String
    /// What tells this mail from others, and is the same when it is sent again.
    package var id: String
    package var date: Date

    package init(
        sender: Sender,
        recipient: String,
        subject: String,
        text: String,
        html: String,
        id: String,
        date: Date = Date()
    ) {
        self.sender = sender
        self.recipient = recipient
        self.subject = subject
        self.text = text
        self.html = html
        self.id = id
        self.date = date
    }

    /// Whether an address may stand in a command and a header: one `@`, and nothing with a meaning of its own.
    package static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = !text.unicodeScalars.contains {
            isControl($0) || $0.properties.isWhitespace || "<>()[],;:\\\"".unicodeScalars.contains($0)
        }
        return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty && text.utf8.count <= 254 && isPlain
    }

    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
    }
}

import Foundation

/// What may be written into a column; the words of a refusal are for the person who typed it.
enum Checks {
    /// The text without blanks at its ends.
    static func text(_ text: String, _ field: String, upTo limit: Int, allowsEmpty: Bool = false) throws -> String {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard allowsEmpty || !trimmed.isEmpty else { throw StorageError.invalid(field, "This must not be empty.") }
        // PostgreSQL counts code points.
        guard trimmed.unicodeScalars.count <= limit else {
            throw StorageError.invalid(field, "At most \(limit) characters.")
        }
        guard !trimmed.unicodeScalars.contains("\0") else { throw StorageError.invalid(field, "It holds a zero byte.") }
        return trimmed
    }

    /// The address in its one form.
    static func email(_ text: String) throws -> String {
        let email = try self.text(text, "email", upTo: 255).lowercased()
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = !email.unicodeScalars.contains {
            $0.properties.isWhitespace || $0.value < 0x20 || $0.value == 0x7F
        }
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, isPlain else {
            throw StorageError.invalid("email", "This is not an e-mail address.")
        }
        return email
    }

    static func language(_ tag: String) throws -> String {
        guard ["zh-CN", "en"].contains(tag) else { throw StorageError.invalid("language", "Use en or zh-CN.") }
        return tag
    }

    /// A JSON object that fits into `jsonb`, at most 64 KB.
    static func object(_ json: String, _ field: String) throws -> String {
        guard json.utf8.count <= 65_536 else { throw StorageError.invalid(field, "At most 64 KB.") }
        let value = try? JSONSerialization.jsonObject(with: Data(json.utf8))
        guard value is [String: Any] else { throw StorageError.invalid(field, "This must be a JSON object.") }
        guard !json.contains("\\u0000") else { throw StorageError.invalid(field, "It holds a zero character.") }
        return json
    }

    static func tags(_ tags: [String]) throws -> [String] {
        guard tags.count <= 20 else { throw StorageError.invalid("tags", "At most 20 tags.") }
        return try tags.map { try text($0, "tags", upTo: 50) }
    }
}

import Foundation

/// A `SKILL.md`: a head between two lines of `---` with `name` and `description`, then the instructions.
package struct SkillText: Sendable, Equatable {
    package static let longestInstructions = 100_000
    package static let longestDescription = 1024

    package var name: String
    package var description: String
    package var instructions: String

    /// What is wrong with one, for whoever wrote it.
    package struct Mistake: Error, Sendable, Equatable {
        package var message: String
    }

    package init(name: String, description: String, instructions: String) {
        self.name = name
        self.description = description
        self.instructions = instructions
    }

    /// Throws `Mistake`.
    package init(parsing text: String) throws(Mistake) {
        var lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)[...]
        while lines.first?.trimmingCharacters(in: .whitespaces).isEmpty == true { lines.removeFirst() }
        guard lines.first?.trimmingCharacters(in: .whitespaces) == "---" else {
            throw Mistake(message: "It begins with a line of ---, then name: and description:, then --- again.")
        }
        lines.removeFirst()
        guard let end = lines.firstIndex(where: { $0.trimmingCharacters(in: .whitespaces) == "---" }) else {
            throw Mistake(message: "The head has no end: a second line of --- is missing.")
        }
        let head = Self.fields(lines[..<end])
        self.init(
            name: head["name"] ?? "",
            description: head["description"] ?? "",
            instructions: lines[(end + 1)...].joined(separator: "\n").trimmed
        )
        if let mistake { throw mistake }
    }

    /// nil when it can be kept.
    package var mistake: Mistake? {
        guard name.wholeMatch(of: /[a-z0-9][a-z0-9-]{0,63}/) != nil else {
            return Mistake(message: "name: small letters, digits and dashes, at most 64.")
        }
        guard !description.isEmpty, description.unicodeScalars.count <= Self.longestDescription else {
            return Mistake(message: "description: what it is for, at most \(Self.longestDescription) characters.")
        }
        guard !instructions.isEmpty else { return Mistake(message: "There are no instructions below the head.") }
        guard instructions.unicodeScalars.count <= Self.longestInstructions else {
            return Mistake(message: "The instructions may have at most \(Self.longestInstructions) characters.")
        }
        return nil
    }

    /// As a file.
    package var markdown: String {
        "---\nname: \(name)\ndescription: \(JSONValue.string(description).text)\n---\n\n\(instructions)\n"
    }

    /// `key: value`, with or without quotes; lines that are set in go on with the value before them. Other keys are passed over.
    private static func fields(_ lines: ArraySlice<Substring>) -> [String: String] {
        var fields: [String: String] = [:]
        var key = ""
        for line in lines {
            let text = line.trimmingCharacters(in: .whitespaces)
            if line.first?.isWhitespace == true {
                guard !key.isEmpty, !text.isEmpty else { continue }
                let before = fields[key] ?? ""
                fields[key] = before.isEmpty ? text : before + " " + text
            } else if let colon = text.firstIndex(of: ":") {
                key = String(text[..<colon])
                let value = text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
                // Signs of a text that follows in lines of its own.
                fields[key] = [">", "|", ">-", "|-"].contains(value) ? "" : unquoted(value)
            }
        }
        return fields
    }

    private static func unquoted(_ value: String) -> String {
        if value.hasPrefix("\""), let text = (try? JSONValue(parsing: value))?.string { return text }
        guard value.count >= 2, value.hasPrefix("'"), value.hasSuffix("'") else { return value }
        return String(value.dropFirst().dropLast()).replacing("''", with: "'")
    }
}

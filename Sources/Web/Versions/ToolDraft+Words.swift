import Engine
import Storage

extension ToolDraft {
    /// What a definition says that the form of a tool has a field for.
    private static let ownFields = ["language", "code", "method", "url", "headers", "body", "answer", "parameters"]

    /// Each field as lines of text. Where a request takes a secret stands the secret's name, as its maker wrote it.
    func parts(_ words: Words) -> [VersionField] {
        let definition = (try? JSONValue(parsing: self.definition))?.object ?? [:]
        let rest = definition.filter { !Self.ownFields.contains($0.key) }
        var parts = [
            VersionField("name", words["tools.form.name"], name),
            VersionField("description", words["tools.form.description"], description.unixLines),
            VersionField("schema", words["tools.form.schema"], (try? JSONValue(parsing: schema))?.pretty ?? schema),
            VersionField("level", words["tools.form.level"], level.map { words["level.\($0.rawValue)"] } ?? ""),
            VersionField("effect", words["tools.form.effect"], effect.map { words["effect.\($0.rawValue)"] } ?? ""),
            VersionField("time_limit", words["tools.form.time_limit"], String(timeLimit)),
        ]
        for field in Self.ownFields {
            let text = field == "headers" ? definition[field]?.memberLines : definition[field]?.lines
            parts.append(VersionField(field, words["tools.form.\(field)"], text ?? ""))
        }
        let others = rest.isEmpty ? "" : JSONValue.object(rest).pretty
        return parts + [VersionField("definition", words["tools.form.definition"], others)]
    }

    /// The fields in which it differs from another, as programs know them.
    func differs(from other: ToolDraft) -> [String] {
        let fields: [(name: String, isSame: Bool)] = [
            ("definition", definition == other.definition), ("description", description == other.description),
            ("effect", effect == other.effect), ("name", name == other.name), ("schema", schema == other.schema),
            ("security_level", level == other.level), ("time_limit", timeLimit == other.timeLimit),
        ]
        return fields.filter { !$0.isSame }.map { $0.name }
    }
}

extension JSONValue {
    /// A text as it is; anything else as JSON, a member or item a line.
    fileprivate var lines: String { (string ?? pretty).unixLines }
}

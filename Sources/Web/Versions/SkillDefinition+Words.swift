import Engine
import Storage

extension SkillDefinition {
    /// Each field as lines of text. A file is a line: where it lies, its size, and what tells its content from another.
    func parts(_ words: Words) -> [VersionField] {
        [
            VersionField("name", words["tools.form.name"], text.name),
            VersionField("description", words["tools.form.description"], text.description),
            VersionField("instructions", words["instructions.title"], text.instructions.unixLines),
            VersionField("files", words["skills.files"], files.map { $0.line(words) }.joined(separator: "\n")),
        ]
    }

    /// The fields in which it differs from another, as programs know them.
    func differs(from other: SkillDefinition) -> [String] {
        let fields: [(name: String, isSame: Bool)] = [
            ("description", text.description == other.text.description), ("files", files == other.files),
            ("instructions", text.instructions == other.text.instructions), ("name", text.name == other.text.name),
        ]
        return fields.filter { !$0.isSame }.map { $0.name }
    }
}

extension SkillDefinition.File {
    /// Of a digest: so many tell two contents apart that nobody has made for it.
    private static let shownDigits = 16

    fileprivate func line(_ words: Words) -> String {
        words(
            "version.file",
            ["path": path, "n": size.grouped, "digest": String(digest.prefix(Self.shownDigits))]
        )
    }
}

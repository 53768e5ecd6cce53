package import Engine
import Postgres

/// All that a skill is in a version: its text, and what tells the contents of its files from others.
package struct SkillDefinition: Sendable, Equatable {
    package var text: SkillText
    /// By path.
    package var files: [File]

    package struct File: Sendable, Equatable {
        package var path: String
        /// Bytes.
        package var size: Int
        /// SHA-256 of its content, in hexadecimal.
        package var digest: String

        package init(path: String, size: Int, digest: String) {
            (self.path, self.size, self.digest) = (path, size, digest)
        }
    }

    package init(text: SkillText, files: [File]) {
        (self.text, self.files) = (text, files)
    }
}

extension SkillDefinition {
    /// Of a row of versions, with its files as JSON.
    init(_ row: Row) throws {
        let files = try JSONValue(parsing: try row.get("files")).array ?? []
        self.init(
            text: try SkillText(row),
            files: files.compactMap { file in
                guard let path = file["path"]?.string, let digest = file["digest"]?.string else { return nil }
                return File(path: path, size: file["size"]?.int ?? 0, digest: digest)
            }
        )
    }
}

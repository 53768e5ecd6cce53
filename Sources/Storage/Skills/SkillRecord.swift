package import Engine
package import Foundation
import Postgres

/// A skill of an organisation's.
package struct SkillRecord: Sendable, Equatable {
    package var id: UUID
    package var skill: SkillText
    /// Without their contents.
    package var files: [File]
    package var userID: UUID?
    /// Counts up with each change.
    package var version: Int
    package var updatedAt: Date

    package struct File: Sendable, Equatable {
        package var path: String
        /// Bytes.
        package var size: Int

        package init(path: String, size: Int) {
            self.path = path
            self.size = size
        }
    }

    package init(id: UUID, skill: SkillText, files: [File], userID: UUID?, version: Int = 1, updatedAt: Date) {
        self.id = id
        self.skill = skill
        self.files = files
        self.userID = userID
        self.version = version
        self.updatedAt = updatedAt
    }
}

/// What a skill may hold.
package enum SkillBounds {
    package static let files = 50
    /// Bytes of one file, and of all.
    package static let fileBytes = 1 << 20
    package static let bytes = 4 << 20
    /// Of one organisation.
    package static let skills = 200

    /// Files in their one form. Throws `.invalid` with `path` or `content`.
    static func check(_ files: [Skill.File]) throws -> [Skill.File] {
        var known: Set<String> = []
        let files = try files.map { try Skill.File(path: path($0.path), content: $0.content) }
        guard files.allSatisfy({ known.insert($0.path).inserted }) else {
            throw StorageError.invalid("path", "A path stands there twice.")
        }
        guard files.count <= Self.files, files.allSatisfy({ $0.content.count <= fileBytes }),
            files.reduce(0, { $0 + $1.content.count }) <= bytes
        else { throw tooMuch }
        return files
    }

    static var tooMuch: StorageError {
        StorageError.invalid("content", "At most 1 MB a file, 4 MB and \(files) files a skill.")
    }

    /// The path in its one form. Throws `.invalid("path")` when it could lead elsewhere.
    static func path(_ path: String) throws -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let isFine = parts.allSatisfy { part in
            !part.isEmpty && part != "." && part != ".." && !part.hasPrefix("-")
                && part.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && $0 != "\\" }
        }
        guard isFine, path.utf8.count <= 300, path.lowercased() != "skill.md" else {
            throw StorageError.invalid("path", "Use a path such as scripts/check.py, without blanks and dots alone.")
        }
        return path
    }
}

extension SkillRecord {
    init(_ row: Row) throws {
        let files = try JSONValue(parsing: try row.get("files")).array ?? []
        self.init(
            id: try row.get("skill_id"),
            skill: try SkillText(row),
            files: files.compactMap { file in
                file["path"]?.string.map { File(path: $0, size: file["size"]?.int ?? 0) }
            },
            userID: try row.get("user_id"),
            version: try row.get("version"),
            updatedAt: try row.get("updated_at")
        )
    }
}

extension SkillText {
    /// Of a row of skills or of their versions.
    init(_ row: Row) throws {
        self.init(
            name: try row.get("name"),
            description: try row.get("description"),
            instructions: try row.get("instructions")
        )
    }
}

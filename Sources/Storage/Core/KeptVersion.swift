package import Foundation
import Postgres

/// A form that something of people's has had, such as a tool or a skill.
package struct KeptVersion<Draft: Sendable & Equatable>: Sendable, Equatable {
    package var version: Int
    /// Who gave it; nil when they are gone.
    package var userID: UUID?
    package var userName: String?
    package var draft: Draft
    package var createdAt: Date

    package init(version: Int, userID: UUID?, userName: String?, draft: Draft, createdAt: Date) {
        self.version = version
        self.userID = userID
        self.userName = userName
        self.draft = draft
        self.createdAt = createdAt
    }
}

extension Store {
    /// Versions as rows have them (`version`, `user_id`, `created_at`), with the names of those who gave them.
    func versions<Draft>(_ rows: Rows, draft: (Row) throws -> Draft) async throws -> [KeptVersion<Draft>] {
        let names = try await nicknames(of: try rows.compactMap { try $0.get("user_id", as: UUID?.self) })
        return try rows.map { row in
            let user = try row.get("user_id", as: UUID?.self)
            return KeptVersion(
                version: try row.get("version"),
                userID: user,
                userName: user.flatMap { names[$0] },
                draft: try draft(row),
                createdAt: try row.get("created_at")
            )
        }
    }
}

package import Engine
package import Foundation
import Postgres

extension Store {
    /// Who has registered and waits for an administrator's word, the longest wait first, at most 200. Empty for others.
    package func pendingUsers(by principal: Principal) async throws -> [User] {
        try await query(
            """
            select \(User.columns) from users u \(User.statistics)
            where u.status = 'pending' order by u.created_at, u.user_id limit 200
            """,
            by: principal
        ).map(User.init)
    }

    /// Lets a waiting person in. False when nobody of that id waits, or it is not the caller's to say.
    package func approveUser(_ id: UUID, by principal: Principal) async throws -> Bool {
        try await query(
            "update users set status = 'active' where user_id = \(id) and status = 'pending'",
            by: principal
        ).affected == 1
    }
}

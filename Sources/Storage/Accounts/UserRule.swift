package import Engine
import Foundation
import Postgres

/// Nobody rules over those who may do more: not by another address or a link for their password, nor by shutting them out.
extension Store {
    /// Whether the asker may do all that an account may: on the instance, and in each of its shared organisations, closed ones too.
    package func mayRule(_ user: User, by principal: Principal) async throws -> Bool {
        guard user.role.permissions.allSatisfy(principal.may) else { return false }
        if principal.isSuperuser || principal.userID == user.id { return true }
        let ranks: Query = "array['owner', 'admin']"
        return try await query(
            """
            select not exists (
                select from memberships m join organisations o using (org_id)
                left join memberships a on a.org_id = m.org_id and a.user_id = \(principal.userID)
                where m.user_id = \(user.id) and not o.is_personal and m.role = any(\(ranks))
                    and coalesce(array_position(\(ranks), a.role::text), 3) > array_position(\(ranks), m.role::text)
            ) as may
            """,
            by: .system
        ).first?.get("may") ?? false
    }

    /// Throws `.forbidden` where the asker may not.
    func demandRule(over user: User, by principal: Principal) async throws {
        guard try await mayRule(user, by: principal) else {
            throw StorageError(.forbidden, "This account may do more than yours.")
        }
    }
}

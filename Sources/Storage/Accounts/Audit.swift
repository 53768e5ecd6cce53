package import Engine
import Foundation
import Postgres

extension Store {
    /// Writes down that somebody did something; it can never be changed. `detail` is a JSON object without secrets.
    package func audit(
        _ action: String,
        target: String?,
        detail: String = "{}",
        by principal: Principal,
        address: String?
    ) async throws {
        try await query(
            """
            insert into audit_events (audit_id, org_id, user_id, action, target, detail, address)
            values (
                \(UUID.v7()), \(principal.organisationID), \(principal.userID), \(action),
                \(target.map { String($0.prefix(200)) }), \(JSONText(try Checks.object(detail, "detail"))),
                \(address.map { String($0.prefix(64)) })
            )
            """,
            by: principal
        )
    }
}

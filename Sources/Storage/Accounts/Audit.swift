package import Engine
import Foundation
import Postgres

/// Something that somebody did, for the audit.
package struct AuditEntry: Sendable {
    /// What was done to what, such as `user.disabled`.
    package var action: String
    /// The id of what it was done to.
    package var target: String?
    /// What it was before, and what it is now: of what is the same in both nothing is kept. Never a secret.
    package var before: [String: JSONValue]
    package var after: [String: JSONValue]

    package init(
        _ action: String,
        target: String? = nil,
        before: [String: JSONValue] = [:],
        after: [String: JSONValue] = [:]
    ) {
        self.action = action
        self.target = target
        self.before = before.filter { $0.value != .null && $0.value != after[$0.key] }
        self.after = after.filter { $0.value != .null && $0.value != before[$0.key] }
    }

    /// `audit_events.detail`: `{"before": {…}, "after": {…}}`, each only where there is something to say.
    var detail: String {
        let parts = [("before", before), ("after", after)].filter { !$0.1.isEmpty }
        return JSONValue.object(Dictionary(uniqueKeysWithValues: parts.map { ($0.0, .object($0.1)) })).text
    }
}

extension AuditEntry {
    /// Writes it down for each row of `source`, a name of rows: inside the statement that does the thing, so that one is not
    /// without the other.
    func insertion(for source: Query, by principal: Principal, address: String?) -> Query {
        """
        insert into audit_events (audit_id, org_id, user_id, action, target, detail, address)
        select \(UUID.v7())::uuid, \(principal.organisationID)::uuid, \(principal.userID)::uuid, \(action),
            \(target.map { String($0.prefix(200)) }), \(JSONText(detail))::jsonb,
            \(address.map { String($0.prefix(64)) })
        from \(source)
        """
    }
}

extension Store {
    /// Writes down that somebody did something; it can never be changed.
    package func audit(_ entry: AuditEntry, by principal: Principal, address: String?) async throws {
        try await query(
            entry.insertion(for: "(values (1)) one", by: principal, address: address),
            by: principal
        )
    }
}

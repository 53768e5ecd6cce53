package import Engine
import Foundation
import Logging
package import Postgres

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
    /// without the other. `detail`: an expression of JSON that says what only the statement knows, in the place of our own.
    func insertion(
        for source: Query,
        by principal: Principal,
        address: String?,
        detail said: Query? = nil
    ) -> Query {
        let own: Query = "\(JSONText(detail))::jsonb"
        return """
            insert into audit_events (audit_id, org_id, user_id, action, target, detail, address)
            select \(UUID.v7())::uuid, \(principal.organisationID)::uuid, \(principal.userID)::uuid, \(action),
                \(target.map { String($0.prefix(200)) }), \(said ?? own),
                \(address.map { String($0.prefix(64)) })
            from \(source)
            """
    }

    /// Of two expressions of JSON objects, or of null where there is nothing: what `detail` says of `before` and `after`.
    static func difference(_ before: Query, _ after: Query) -> Query {
        """
        jsonb_strip_nulls(jsonb_build_object(
            'before', (\(part(of: before, unlike: after))), 'after', (\(part(of: after, unlike: before)))
        ))
        """
    }

    private static func part(of one: Query, unlike other: Query) -> Query {
        """
        select jsonb_object_agg(f.key, f.value) from jsonb_each(\(one)) f
        where f.value <> 'null'::jsonb and f.value is distinct from ((\(other)) -> f.key)
        """
    }
}

extension AuditEntry {
    /// Writes down what is done at the machine itself, by nobody who has signed in, before it is done. A database that has no tables
    /// yet keeps nothing. `place`: what stands where an address would.
    package func write(to database: Database, from place: String) async throws {
        let system = Principal.system.settings
        let tables = try await database.query(
            "select to_regclass('public.audit_events') is not null as are_there",
            with: system
        )
        guard try tables.first?.get("are_there", as: Bool.self) == true else { return }
        try await database.query(insertion(for: "(values (1)) one", by: .system, address: place), with: system)
    }
}

extension Store {
    /// Writes down that somebody does something, which can never be changed: before it is done, where what is done is no change of
    /// the database. What cannot be written down is not to be done: then it throws `.unavailable`.
    package func audit(_ entry: AuditEntry, by principal: Principal, address: String?) async throws {
        do {
            try await query(
                entry.insertion(for: "(values (1)) one", by: principal, address: address),
                by: principal
            )
        } catch let error as StorageError {
            logger.error(
                "What cannot be written down is not done",
                metadata: ["act": "\(entry.action)", "error": "\(error)"]
            )
            throw StorageError(.unavailable, "The database keeps no record of it.", underlying: error)
        }
    }
}

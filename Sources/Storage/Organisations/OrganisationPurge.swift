import Engine
import Foundation
import Postgres

extension Store {
    /// Days for which an organisation that was deleted can be opened again.
    package static let organisationDays = 30

    /// Rows of one statement: what hangs on them goes with them.
    private static let purgeBatch = 50

    /// Once a day: deleted organisations whose time is over go for good, with all that is in them; piece by piece, and
    /// gone on with the next time where it was cut short. What was spent, the calls of tools without their inputs and the
    /// audit stay, as of conversations that are deleted; workspaces are swept when their conversations are no more.
    /// How many are gone.
    package func purgeOrganisations() async throws -> Int {
        try await query(
            "update organisations set purge_began_at = now() where kept_until <= now() and purge_began_at is null",
            by: .system
        )
        let rows = try await query(
            "select org_id, name from organisations where purge_began_at is not null order by purge_began_at, org_id",
            by: .system
        )
        var count = 0
        for row in rows {
            let id: UUID = try row.get("org_id")
            try await purgeConversations(of: id)
            try await purgeTools(of: id)
            if try await purge(id, called: row.get("name")) { count += 1 }
        }
        return count
    }

    private func purgeConversations(of organisation: UUID) async throws {
        while true {
            let ids: [UUID] = try await query(
                """
                select conversation_id from conversations where org_id = \(organisation) limit \(Self.purgeBatch)
                """,
                by: .system
            ).map { try $0.get(0) }
            guard !ids.isEmpty else { return }
            // One conversation may hold much of these.
            for (table, key) in [("files", "file_id"), ("runs", "run_id")] as [(Query, Query)] {
                try await deleteAll(by: Self.purgeBatch) { limit in
                    """
                    delete from \(table) where \(key) in (
                        select \(key) from \(table) where conversation_id = any(\(ids)::uuid[]) limit \(limit)
                    )
                    """
                }
            }
            try await query("delete from conversations where conversation_id = any(\(ids)::uuid[])", by: .system)
        }
    }

    /// Of what there may be many besides, and what does not go by itself with the organisation.
    private func purgeTools(of organisation: UUID) async throws {
        let kinds: [(Query, Query)] = [
            ("agents", "agent_id"), ("skills", "skill_id"), ("tools", "tool_id"), ("pending_messages", "pending_id"),
            ("request_preambles", "preamble_id"),
        ]
        for (table, key) in kinds {
            try await deleteAll(by: Self.purgeBatch) { limit in
                """
                delete from \(table) where org_id = \(organisation) and \(key) in (
                    select \(key) from \(table) where org_id = \(organisation) limit \(limit)
                )
                """
            }
        }
    }

    /// Itself, with its members, providers, keys and rules. False while another process is still at what it holds.
    private func purge(_ id: UUID, called name: String) async throws -> Bool {
        let entry = AuditEntry("organization.purged", target: id.text, before: ["name": .string(name)])
        return try await query(
            """
            with gone as (
                delete from organisations o where o.org_id = \(id) and o.purge_began_at is not null
                    and not exists (select from conversations c where c.org_id = o.org_id)
                returning o.org_id
            )
            \(entry.insertion(for: "gone", by: .system, address: nil))
            """,
            by: .system
        ).affected == 1
    }
}

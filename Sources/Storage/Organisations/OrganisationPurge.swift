import Engine
import Foundation
import Logging
import Postgres

extension Store {
    /// Days for which an organisation that was deleted can be opened again.
    package static let organisationDays = 30

    /// Rows of one statement: what hangs on them goes with them.
    private static let purgeBatch = 50

    /// Deleted organisations whose time is over go for good, with all that is in them; piece by piece, and gone on with the
    /// next time where it was cut short. What was spent, the calls of tools without their inputs and the audit stay, as of
    /// conversations that are deleted; workspaces are swept when their conversations are no more. How many are gone.
    package func purgeOrganisations() async throws -> Int {
        let rows = try await query(
            """
            select org_id, name from organisations where \(Self.isDue)
            order by purge_began_at nulls last, deleted_at, org_id
            """,
            by: .system
        )
        var count = 0
        for row in rows {
            let (id, name) = (try row.get("org_id", as: UUID.self), try row.get("name", as: String.self))
            do {
                if try await purgeWhole(id, called: name) { count += 1 }
            } catch let error as StorageError {
                // The others do not wait for it.
                let facts: Logger.Metadata = ["organization": "\(id.text)", "error": "\(error)"]
                logger.warning("A deleted organisation is not gone yet; it is gone on with tomorrow", metadata: facts)
            }
        }
        return count
    }

    /// A node of an older version has closed some without saying until when they are kept.
    private static let isDue: Query = """
        not is_personal and deleted_at is not null
            and coalesce(kept_until, deleted_at + \(organisationDays)::integer * interval '1 day') <= now()
        """

    /// Whether it is gone: it may have been opened again while others had their turn.
    func purgeWhole(_ id: UUID, called name: String) async throws -> Bool {
        let marked = try await query(
            """
            update organisations set purge_began_at = coalesce(purge_began_at, now()),
                kept_until = coalesce(kept_until, now())
            where org_id = \(id) and \(Self.isDue)
            """,
            by: .system
        )
        guard marked.affected == 1 else { return false }
        try await purgeConversations(of: id)
        try await purgeTools(of: id)
        return try await purge(id, called: name)
    }

    /// What hangs on few rows may be much, and nobody waits for any of it.
    @discardableResult
    private func patientQuery(_ statement: Query) async throws -> Rows {
        let answers = try await batch(["set local statement_timeout = '15min'", statement], by: .system)
        guard let rows = answers.last else { throw StorageError(.failed, "The database did not answer.") }
        return rows
    }

    /// Until there are none: another process may be at the same.
    private func purgeAll(_ statement: (Int) -> Query) async throws {
        while try await patientQuery(statement(Self.purgeBatch)).affected > 0 {}
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
                try await purgeAll { limit in
                    """
                    delete from \(table) where \(key) in (
                        select \(key) from \(table) where conversation_id = any(\(ids)::uuid[]) limit \(limit)
                    )
                    """
                }
            }
            try await patientQuery("delete from conversations where conversation_id = any(\(ids)::uuid[])")
        }
    }

    /// Of what there may be many besides, and what does not go by itself with the organisation.
    private func purgeTools(of organisation: UUID) async throws {
        let kinds: [(Query, Query)] = [
            ("agents", "agent_id"), ("skills", "skill_id"), ("tools", "tool_id"), ("pending_messages", "pending_id"),
            ("request_preambles", "preamble_id"),
        ]
        for (table, key) in kinds {
            try await purgeAll { limit in
                """
                delete from \(table) where org_id = \(organisation) and \(key) in (
                    select \(key) from \(table) where org_id = \(organisation) limit \(limit)
                )
                """
            }
        }
    }

    /// Itself, with its members, providers, keys and rules. False while it holds what would not go with it: another process
    /// is still at that, or has left it behind.
    private func purge(_ id: UUID, called name: String) async throws -> Bool {
        let entry = AuditEntry("organization.purged", target: id.text, before: ["name": .string(name)])
        return try await patientQuery(
            """
            with gone as (
                delete from organisations o where o.org_id = \(id) and o.purge_began_at is not null
                    and not exists (select from conversations c where c.org_id = o.org_id)
                    and not exists (select from request_preambles p where p.org_id = o.org_id)
                returning o.org_id
            )
            \(entry.insertion(for: "gone", by: .system, address: nil))
            """
        ).affected == 1
    }
}

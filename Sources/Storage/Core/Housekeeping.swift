import Engine
import Foundation
import Postgres

extension Store {
    private static let sealingCheck = "sealing_check"
    private static let sealingPlace = SealedPlace(
        table: "settings",
        row: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
        column: sealingCheck
    )

    /// Once at the start, after the migrations: the partitions of the months to come, and whether these are the keys that
    /// the database was sealed with. Throws `.sealing` when they are not.
    package func prepare() async throws {
        try await makePartitions()
        // Of another cluster's transactions, when this database was restored from a backup.
        try await query(
            "delete from user_events where transaction_id >= pg_snapshot_xmax(pg_current_snapshot())",
            by: .system
        )
        let canary = try keys.seal(Secret("alma"), in: Self.sealingPlace)
        let row = try await query(
            """
            with first as (
                insert into settings (name, value) values (\(Self.sealingCheck), \(canary))
                on conflict (name) do nothing returning value
            )
            select value from first union all select value from settings where name = \(Self.sealingCheck)
            """,
            by: .system
        ).first
        guard let row else { return }
        do {
            _ = try keys.open(try row.get("value"), in: Self.sealingPlace)
        } catch let error as StorageError {
            throw StorageError(
                .sealing,
                "The keys in the data folder are not those that this database was sealed with. Put back sealing.keys.",
                underlying: error
            )
        }
    }

    /// Once a day: new partitions, and away with what has expired.
    package func housekeep() async throws {
        try await makePartitions()
        try await batch(
            [
                "delete from sessions where expires_at < now()",
                "delete from idempotent_answers where created_at < now() - interval '1 day'",
                "delete from refresh_tokens where expires_at < now()",
                "delete from account_links where expires_at < now()",
                "delete from organisation_invitations where expires_at < now()",
                "delete from mails where finished_at < now() - interval '7 days'",
                """
                delete from login_attempts where last_failure_at < now() - interval '1 day'
                    and (last_success_at is null or last_success_at < now() - interval '90 days')
                """,
                "delete from socket_tickets where expires_at < now()",
                "delete from user_events where created_at < now() - interval '1 day'",
                "delete from event_watches where watched_until < now() - interval '2 days'",
                "delete from files where size is null and created_at < now() - interval '1 hour'",
                "delete from provider_calls where began_at < now() - interval '1 day'",
                // Turns that are long over; what a worker that died had set aside.
                """
                delete from budget_spending s using budgets b
                where b.budget_id = s.budget_id and b.period = 'run' and s.updated_at < now() - interval '30 days'
                    and not exists (select from runs where finished_at is null and run_id = case b.period when 'run' then s.period_key::uuid end)
                """,
                """
                delete from budget_reservations x
                where x.created_at < now() - interval '1 hour' and coalesce(x.held_until < now(), true) and not exists (
                    select from runs r
                    where r.run_id = x.run_id and budget_reservation_holds(x, r)
                )
                """,
                """
                delete from workers w where heartbeat_at < now() - interval '1 hour'
                    and not exists (select from runs where lease_owner = w.worker_id)
                """,
            ],
            by: .system
        )
    }

    /// Whether the database answers.
    package func ping() async throws {
        try await query("select 1", by: .system)
    }

    /// Seals anew what an older key has sealed; how many there were. May be stopped and begun again at any time.
    package func resealSecrets() async throws -> Int {
        try await reseal("llm_id", SealedEndpoint.keyPlace) + reseal("secret_id", Self.place(ofToolSecret:))
            + reseal("server_id", Self.place(ofMCPServer:)) + reseal("server_id", Self.place(ofMCPGrant:))
            + reseal("answer_id", Self.place(ofAnswer:)) + resealSearchKey()
    }

    private func resealSearchKey() async throws -> Int {
        let name = Self.searchKeyName
        let row = try await query("select value from settings where name = \(name)", by: .system).first
        guard let sealed = try row?.get("value", as: String.self), !keys.isCurrent(sealed) else { return 0 }
        let fresh = try keys.seal(keys.open(sealed, in: Self.searchKeyPlace), in: Self.searchKeyPlace)
        return try await query(
            "update settings set value = \(fresh) where name = \(name) and value = \(sealed)",
            by: .system
        ).affected
    }

    /// `key`: the column that names a row of the place's table.
    private func reseal(_ key: String, _ place: (UUID) -> SealedPlace) async throws -> Int {
        let (table, column) = (place(.v7()).table, place(.v7()).column)
        var count = 0
        let rows = try await query(
            """
            select \(unescaped: key) as id, \(unescaped: column) as sealed from \(unescaped: table)
            where \(unescaped: column) is not null
            """,
            by: .system
        )
        for row in rows {
            let sealed: String = try row.get("sealed")
            guard !keys.isCurrent(sealed) else { continue }
            let id: UUID = try row.get("id")
            let fresh = try keys.seal(keys.open(sealed, in: place(id)), in: place(id))
            // Unless it was changed meanwhile.
            count += try await query(
                """
                update \(unescaped: table) set \(unescaped: column) = \(fresh)
                where \(unescaped: key) = \(id) and \(unescaped: column) = \(sealed)
                """,
                by: .system
            ).affected
        }
        return count
    }

    private func makePartitions() async throws {
        try await query("select create_monthly_partitions(2)", by: .system)
    }
}

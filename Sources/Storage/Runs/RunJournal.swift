package import Engine
package import Foundation
import Postgres

// The worker's side of the store. It asks as the system, for runs of everybody.
extension Store: Journal {
    package func claim(
        worker: UUID,
        limit: Int,
        silence: Duration,
        held: [UUID]?
    ) async throws -> [ClaimedRun] {
        let claim = RunClaim(
            worker: worker,
            limit: min(max(0, limit), 1000),
            silence: silence.seconds,
            runsPerUser: runsPerUser,
            held: held
        )
        let rows = try await batch([RunClaim.line, claim.statement], by: .system)[1]
        let claimed = try rows.map { row in
            let run = ClaimedRun(
                run: try Run(row),
                epoch: try row.get("lease_epoch"),
                lastSequence: try row.get("last_sequence"),
                isAgentReplaced: try row.get("is_replaced")
            )
            return (place: try row.get("place", as: Int.self), run: run)
        }
        return claimed.sorted { ($0.place, $0.run.run.createdAt) < ($1.place, $1.run.run.createdAt) }.map(\.run)
    }

    package func heartbeat(worker: UUID) async throws -> [RunWish] {
        let rows = try await query(
            """
            with alive as (
                insert into workers (worker_id, node, version) values (\(worker), \(node?.name), \(node?.version))
                on conflict (worker_id) do update
                set heartbeat_at = now(), node = excluded.node, version = excluded.version
            )
            select run_id, is_cancelled, is_paused, is_steered from runs r cross join lateral (
                select r.cancel_requested_at is not null as is_cancelled, r.pause_requested_at is not null as is_paused,
                    exists (select from pending_messages p where p.run_id = r.run_id and p.step is null) as is_steered
            ) wished
            where lease_owner = \(worker) and (is_cancelled or is_paused or is_steered)
            """,
            by: .system
        )
        return try rows.map { row in
            RunWish(
                run: try row.get("run_id"),
                isCancelled: try row.get("is_cancelled"),
                isPaused: try row.get("is_paused"),
                isSteered: try row.get("is_steered")
            )
        }
    }

    /// Its row stays as long as a run names it; it has been silent for ever.
    package func retire(worker: UUID) async throws {
        try await query("update workers set heartbeat_at = '-infinity' where worker_id = \(worker)", by: .system)
    }

    package func append(_ batches: [EventBatch]) async throws -> Set<UUID> {
        guard !batches.isEmpty else { return [] }
        let rows: Rows
        do {
            rows = try await query(EventAppend(batches).statement, by: .system)
        } catch let error as StorageError where error.code == .conflict("id") {
            rows = try await query(EventAppend(batches, isRepeated: true).statement, by: .system)
        }
        return Set(try rows.map { try $0.get("run_id", as: UUID.self) })
    }

    package func finish(_ outcome: RunOutcome) async throws -> Bool {
        try await ends.add(outcome) { try await finish($0) }
    }

    private func finish(_ outcomes: [RunOutcome]) async throws -> [Bool] {
        let locks = RunEnds.locks(for: outcomes)
        let answers = try await batch(locks + RunEnd(outcomes).statements, by: .system)
        let stored = Set(try answers[locks.count].compactMap { try $0.get("run_id", as: UUID?.self) })
        for row in answers[answers.count - 1] { await settleQuietly(in: try row.get("pending_in")) }
        return outcomes.map { stored.contains($0.run.id) }
    }

    package func events(of run: UUID, after sequence: Int64, limit: Int) async throws -> [RunEvent] {
        try await query(Self.events(of: run, after: sequence, limit: limit), by: .system).map(RunEvent.init)
    }

    static func events(of run: UUID, after sequence: Int64, limit: Int) -> Query {
        """
        select \(RunEvent.columns) from run_events e
        where e.run_id = \(run) and e.sequence > \(sequence) order by e.sequence limit \(min(max(1, limit), 10_000))
        """
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

package import Engine
package import Foundation
import Postgres

// The worker's side of the store. It asks as the system, for runs of everybody.
extension Store: Journal {
    package func claim(worker: UUID, limit: Int, silence: Duration) async throws -> [ClaimedRun] {
        let limit = min(max(0, limit), 1000)
        // One statement. Runs of silent workers are found from the few workers, queued ones by the index of the queue,
        // so that the runs of the past cost nothing. `last_sequence` looks after the row is locked: see there.
        let rows = try await query(
            """
            with known as (
                insert into workers (worker_id) values (\(worker)) on conflict (worker_id) do nothing
            ), silent as (
                select worker_id from workers
                where heartbeat_at < now() - \(silence.seconds)::double precision * interval '1 second'
                    and worker_id <> \(worker)
            ), queued as (
                select run_id, priority, created_at from runs where state = 'queued'
                order by priority desc, created_at, run_id limit \(limit) for update skip locked
            ), orphaned as (
                select run_id, priority, created_at from runs
                where lease_owner in (select worker_id from silent)
                order by priority desc, created_at, run_id limit \(limit) for update skip locked
            ), chosen as (
                select run_id from (table queued union all table orphaned) free
                order by priority desc, created_at, run_id limit \(limit)
            )
            update runs r set
                state = case when r.state = 'queued' then 'running' else r.state end,
                -- One that rested goes on; one whose worker fell silent is tried once more.
                attempt = r.attempt + (r.attempt = 0 or r.lease_owner is not null)::integer, lease_owner = \(worker), lease_epoch = r.lease_epoch + 1,
                started_at = coalesce(r.started_at, now())
            from chosen where r.run_id = chosen.run_id
            returning \(Run.columns), r.lease_epoch, r.priority, last_sequence(r.run_id) as last_sequence
            """,
            by: .system
        )
        let claimed = try rows.map { row in
            let run = ClaimedRun(
                run: try Run(row),
                epoch: try row.get("lease_epoch"),
                lastSequence: try row.get("last_sequence")
            )
            return (priority: try row.get("priority", as: Int.self), run: run)
        }
        return claimed.sorted { ($1.priority, $0.run.run.createdAt) < ($0.priority, $1.run.run.createdAt) }.map(\.run)
    }

    package func heartbeat(worker: UUID) async throws -> [UUID] {
        let rows = try await query(
            """
            with alive as (
                insert into workers (worker_id) values (\(worker))
                on conflict (worker_id) do update set heartbeat_at = now()
            )
            select run_id from runs where lease_owner = \(worker) and cancel_requested_at is not null
            """,
            by: .system
        )
        return try rows.map { row in try row.get("run_id") }
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
        let answers = try await batch(RunEnd(outcome).statements, by: .system)
        return try answers.first?.first?.get("is_stored") ?? false
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
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

package import Engine
package import Foundation
import Postgres

extension Store {
    /// A run that nobody works on rests at once, with its event; one in a worker's hands is marked, and rests after its step.
    /// So do all that it has asked for. The run as it is then; nil when there is no such run.
    /// Throws `.conflict("run")` when it has ended, or is to stop.
    package func requestPause(of run: UUID, by principal: Principal) async throws -> Run? {
        guard let found = try await self.run(run, by: principal) else { return nil }
        let changed: Query = """
            pause_requested_at = now(),
            state = case when r.state in ('queued', 'waiting') then 'paused' else r.state end
            """
        let isConcerned: Query = "r.cancel_requested_at is null and r.pause_requested_at is null"
        let told = RunTree.change(found, changed, where: isConcerned, tellingOf: "paused", reason: "paused")
        guard let paused = try await batch(told + [Self.selection(of: run, principal)], by: principal).last?.first
        else {
            return nil
        }
        guard try paused.get("is_pausing") else {
            throw StorageError.conflict("run", "This cannot be paused: it has ended, or is about to.")
        }
        return try Run(paused)
    }

    /// A run that was paused goes on, with all that it has asked for; what it waited for before it looks for itself.
    /// The run as it is then; nil when there is no such run.
    package func resume(_ run: UUID, by principal: Principal) async throws -> Run? {
        guard let found = try await self.run(run, by: principal) else { return nil }
        let changed: Query = """
            pause_requested_at = null, state = case when r.state = 'paused' then 'queued' else r.state end
            """
        let told = RunTree.change(
            found,
            changed,
            where: "r.pause_requested_at is not null",
            tellingOf: "queued",
            reason: "resumed"
        )
        return try await batch(told + [Self.selection(of: run, principal)], by: principal).last?.first.map(Run.init)
    }

    private static func selection(of run: UUID, _ principal: Principal) -> Query {
        """
        select \(Run.columns), r.finished_at is null and r.pause_requested_at is not null as is_pausing from runs r
        where r.run_id = \(run) and \(isOwnRun(principal))
        """
    }
}

extension RunTree {
    /// Changes a run and all below it that have not ended. Those that are in `state` afterwards and in nobody's hands are told
    /// so, and whoever reads along on other nodes.
    fileprivate static func change(
        _ run: Run,
        _ changed: Query,
        where condition: Query,
        tellingOf state: String,
        reason: String
    ) -> [Query] {
        let tree: Query = """
            tree as (
                select run_id from runs where run_id = \(run.id)
                union all
                select c.run_id from runs c join tree on c.parent_run_id = tree.run_id
            )
            """
        return [
            lock(run.conversationID),
            """
            with recursive \(tree)
            select from runs where run_id in (select run_id from tree) and finished_at is null
            order by run_id for no key update
            """,
            """
            with recursive \(tree), changed as (
                update runs r set \(changed) from tree
                where r.run_id = tree.run_id and r.finished_at is null and \(condition)
                returning r.*
            ), told as (
                insert into run_events (run_id, sequence, type, data, timestamp)
                select run_id, last_sequence(run_id) + 1, \(RunEvent.Kind.runStatus),
                    json_build_object(
                        'message_id', message_id, 'agent_id', agent_id, 'run_id', run_id, 'state', state,
                        'reason', \(reason)::text, 'attempt', attempt
                    ), date_trunc('milliseconds', now())
                from changed where state = \(state) and lease_owner is null
            )
            select from changed where watched and pg_notify('alma_run', run_id::text) is null
            """,
        ]
    }
}

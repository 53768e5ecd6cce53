import Engine
import Foundation
import Postgres

/// A run that is laid down until people have answered, as one statement: last events, what it cost, what is asked.
struct RunRest {
    let statement: Query

    init(_ suspended: SuspendedRun) {
        let run = suspended.run.id
        var rows = EventRows()
        rows.append(suspended.events, of: run)
        var usage = UsageRows()
        usage.append(suspended.usage, of: run)
        let calls = suspended.calls
        statement = """
            with r as (
                update runs set lease_owner = null,
                    -- Whoever asked to stop it meanwhile shall not wait for an answer.
                    state = case when cancel_requested_at is null then 'waiting' else 'queued' end
                where run_id = \(run) and lease_epoch = \(suspended.epoch) and lease_owner is not null
                    and finished_at is null
                returning *
            ), stored as (
                insert into run_events (run_id, sequence, type, data, timestamp)
                select e.run_id, e.sequence, e.type, e.data::json, e.timestamp from \(rows.source) join r using (run_id)
                on conflict (run_id, sequence) do nothing
            ), paid as (\(usage.insertion(for: "r"))), asked as (
                insert into tool_approvals (run_id, org_id, user_id, agent_id, call_id, tool_name, tool_input)
                select r.run_id, r.org_id, r.user_id, r.agent_id, c.call_id, c.tool_name, c.tool_input
                from r cross join unnest(
                    \(calls.map(\.id))::text[], \(calls.map(\.name))::text[], \(calls.map(\.input))::text[]
                ) c (call_id, tool_name, tool_input)
                on conflict (run_id, call_id) do nothing
            )
            select exists (select from r) or exists (
                -- It was stored before, and the answer to that got lost.
                select from runs
                where run_id = \(run) and lease_epoch = \(suspended.epoch) and lease_owner is null
                    and finished_at is null
            ) as is_stored
            union all
            select null from r where watched and pg_notify('alma_run', run_id::text) is null
            """
    }
}

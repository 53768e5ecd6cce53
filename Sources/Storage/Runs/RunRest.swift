import Engine
import Foundation
import Postgres

/// A run that is laid down until others have done something: last events, what it cost, what is asked, the runs that come
/// into being with it. One transaction.
///
/// What it waits for may be there already: an answer, or a child's end, that came while it worked. Both are given under
/// locks that are taken here first, so that the statement after them sees all that was given before.
struct RunRest {
    let statements: [Query]

    init(_ suspended: SuspendedRun) {
        var statements: [Query] = []
        if !suspended.children.isEmpty || !suspended.awaited.isEmpty {
            statements.append(RunTree.lock(suspended.run.conversationID))
        }
        statements.append("select from runs where run_id = \(suspended.run.id) for no key update")
        let repeated = suspended.calls.filter { $0.isNew && $0.kind == .maybeExecuted }
        if !repeated.isEmpty { statements.append(Self.forgetting(repeated, suspended)) }
        statements.append(Self.rest(suspended))
        if !suspended.children.isEmpty { statements.append(RunTree.firstEvents(of: suspended.children)) }
        self.statements = statements
    }

    /// Whether it is stored, from the answers to all statements.
    static func isStored(_ answers: [Rows]) throws -> Bool {
        for rows in answers where rows.columns == ["is_stored"] { return try rows.first?.get("is_stored") ?? false }
        return false
    }

    /// What is asked once more, because it was cut short once more, has no answer any more.
    private static func forgetting(_ requests: [CallRequest], _ suspended: SuspendedRun) -> Query {
        """
        delete from tool_approvals a using runs r
        where a.run_id = \(suspended.run.id) and a.call_id = any(\(requests.map(\.call.id))::text[])
            and a.kind = \(CallRequest.Kind.maybeExecuted.rawValue) and r.run_id = a.run_id
            and r.lease_epoch = \(suspended.epoch) and r.lease_owner is not null
        """
    }

    private static func rest(_ suspended: SuspendedRun) -> Query {
        let run = suspended.run.id
        var rows = EventRows()
        rows.append(suspended.events, of: run)
        var usage = UsageRows()
        usage.append(suspended.usage, of: run)
        var requests = RequestRows()
        requests.append(suspended.usage, of: run)
        let calls = suspended.calls
        var done = ToolCallRows()
        done.append(suspended.toolCalls, of: run)
        let audited: Query = done.isEmpty ? "" : ", audited as (\(done.insertion(for: "r")))"
        let children: Query =
            suspended.children.isEmpty
            ? "" : ", children as (\(RunTree.insertion(of: suspended.children, parents: "r")))"
        return """
            with r as (
                update runs set lease_owner = null, resting_since = now(), agent_id = coalesce(\(suspended.successor)::uuid, agent_id),
                    replaced_agent_id = case when \(suspended.successor)::uuid is null then replaced_agent_id end,
                    state = case
                        -- Whoever asked to stop it meanwhile shall not wait for an answer.
                        when cancel_requested_at is not null or \(suspended.successor)::uuid is not null then 'queued'
                        when \(suspended.isPaused)::boolean then
                            case when pause_requested_at is null then 'queued' else 'paused' end
                        when exists (
                            select from tool_approvals a join unnest(
                                \(calls.map(\.call.id))::text[], \(calls.map(\.kind.rawValue))::text[]
                            ) c (call_id, kind) on c.call_id = a.call_id and c.kind = a.kind
                            where a.run_id = \(run) and a.state <> 'pending'
                        ) then 'queued'
                        when exists (
                            select from runs c
                            where c.run_id = any(\(suspended.awaited)::uuid[]) and c.finished_at is not null
                        ) then 'queued'
                        else 'waiting'
                    end
                where run_id = \(run) and lease_epoch = \(suspended.epoch) and lease_owner is not null
                    and finished_at is null
                returning *
            ), stored as (
                insert into run_events (run_id, sequence, type, data, timestamp)
                select e.run_id, e.sequence, e.type, e.data::json, e.timestamp from \(rows.source) join r using (run_id)
                on conflict (run_id, sequence) do nothing
            ), paid as (\(usage.insertion(for: "r")))\(requests.insertions(for: "r")), asked as (
                insert into tool_approvals (
                    run_id, org_id, user_id, agent_id, call_id, tool_name, tool_input, kind, expires_at
                )
                select r.run_id, r.org_id, r.user_id, r.agent_id, c.call_id, c.tool_name, c.tool_input, c.kind, c.expires_at
                from r cross join unnest(
                    \(calls.map(\.call.id))::text[], \(calls.map(\.call.name))::text[],
                    \(calls.map(\.call.input))::text[], \(calls.map(\.kind.rawValue))::text[],
                    \(calls.map { $0.expiresAt?.iso8601Milliseconds })::timestamptz[]
                ) c (call_id, tool_name, tool_input, kind, expires_at)
                on conflict (run_id, call_id, kind) do nothing
            )\(children)\(audited)
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

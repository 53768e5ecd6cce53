import Engine
import Foundation
import Postgres

/// Runs that ask for others: how children come into being, wake their parents, and are stopped with them.
///
/// All of one turn's lie in one conversation. Its row is what a child's end and a parent's rest lock first: whichever comes
/// second sees what the first has done.
enum RunTree {
    static func lock(_ conversation: UUID) -> Query {
        "select from conversations where conversation_id = \(conversation) for no key update"
    }

    /// New children of `parents`, a name of rows like those of the table. One that was asked for before is passed over.
    static func insertion(of children: [NewChild], parents: Query) -> Query {
        """
        insert into runs (
            run_id, root_run_id, parent_run_id, parent_call_id, depth, task, org_id, user_id, conversation_id, agent_id,
            model_id, user_message_id, message_id, priority, created_at, pause_requested_at
        )
        select c.run_id, p.root_run_id, p.run_id, c.key, p.depth + 1, c.task::json, p.org_id, p.user_id,
            p.conversation_id, c.agent_id, p.model_id, p.user_message_id, c.message_id, p.priority, c.created_at,
            -- A child of a run that is to pause is taken up to rest.
            p.pause_requested_at
        from \(parents) p cross join unnest(
            \(children.map(\.run.id))::uuid[], \(children.map(\.key))::text[], \(children.map(\.task.json.text))::text[],
            \(children.map(\.run.agentID))::uuid[], \(children.map(\.run.messageID))::uuid[],
            \(children.map(\.time))::timestamptz[]
        ) c (run_id, key, task, agent_id, message_id, created_at)
        on conflict (parent_run_id, parent_call_id) where parent_run_id is not null do nothing
        """
    }

    /// A statement after that which inserts them: their logs begin.
    static func firstEvents(of children: [NewChild]) -> Query {
        var rows = EventRows()
        for child in children {
            let data = EventData(run: child.run)
            let said: [(RunEvent.Kind, String)] = [
                (.messageReceived, data.messageReceived(userMessage: child.run.userMessageID, temporaryID: nil)),
                (.runStatus, data.runStatus(.queued, attempt: 0)),
            ]
            let events = said.enumerated().map { index, event in
                RunEvent(sequence: Int64(index + 1), kind: event.0, data: event.1, timestamp: child.run.createdAt)
            }
            rows.append(events, of: child.run.id)
        }
        return """
            insert into run_events (run_id, sequence, type, data, timestamp)
            select e.run_id, e.sequence, e.type, e.data::json, e.timestamp from \(rows.source) join runs using (run_id)
            on conflict (run_id, sequence) do nothing
            """
    }

    /// A statement after that which ends `child`: its parent goes on, whatever it rests for; it looks itself.
    static func wakeParent(of child: Run) -> Query {
        """
        update runs p set state = 'queued'
        where p.run_id = \(child.parentRunID) and p.state = 'waiting' and exists (
            select from runs c where c.run_id = \(child.id) and c.finished_at is not null
        )
        """
    }

    /// All below `run`, as a table `tree` of `run_id` in a `with recursive`; none while it is to go on.
    private static func below(_ run: UUID) -> Query {
        """
        tree as (
            select c.run_id from runs c join runs p on p.run_id = c.parent_run_id
            where p.run_id = \(run) and (p.finished_at is not null or p.cancel_requested_at is not null)
            union all
            select c.run_id from runs c join tree on c.parent_run_id = tree.run_id
        )
        """
    }

    /// Locks `runs` and all below them, in the order of their keys as those who write logs do. Before the first of their
    /// spending: so do those who write what they cost.
    static func lock(withAllBelow runs: [UUID]) -> Query {
        """
        with recursive tree as (
            select run_id from runs where run_id = any(\(runs)::uuid[])
            union all
            select c.run_id from runs c join tree on c.parent_run_id = tree.run_id
        )
        select from runs where run_id in (select run_id from tree) and finished_at is null
        order by run_id for no key update
        """
    }

    /// Stops all below a run that is to stop, or has ended: a statement after that which says so, all of them locked. Those that
    /// no worker has begun end at once, with their event.
    static func stop(below run: UUID) -> Query {
        """
        with recursive \(below(run)), stopped as (
            update runs r set cancel_requested_at = coalesce(r.cancel_requested_at, now()),
                -- One that rests is taken up once more, to end with what it has said.
                state = case when r.state = 'queued' and r.attempt = 0 then 'cancelled'
                    when r.state in ('waiting', 'paused') then 'queued' else r.state end,
                finished_at = case when r.state = 'queued' and r.attempt = 0 then now() end
            from tree where r.run_id = tree.run_id and r.finished_at is null
            returning r.*
        )
        insert into run_events (run_id, sequence, type, data, timestamp)
        select run_id, last_sequence(run_id) + 1, \(RunEvent.Kind.runStatus),
            json_build_object(
                'message_id', message_id, 'agent_id', agent_id, 'run_id', run_id, 'state', 'cancelled',
                'reason', 'cancelled', 'attempt', attempt
            ), date_trunc('milliseconds', now())
        from stopped where state = 'cancelled'
        """
    }
}

extension NewChild {
    /// With milliseconds, as events are written.
    var time: String { run.createdAt.iso8601Milliseconds }
}

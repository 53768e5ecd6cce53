import Engine
import Foundation
import Postgres

/// The end of a run as one statement: last events, the answer, what it cost, the final state, the counters.
///
/// The conversation is locked before the run, as by whoever begins a turn: two orders would make a deadlock of a person
/// who writes on in the very moment in which the answer ends.
struct RunEnd {
    /// The first one tells whether it is stored.
    let statements: [Query]

    init(_ outcome: RunOutcome) {
        let run = outcome.run
        var statements = [Self.end(outcome)]
        if run.parentRunID != nil { statements.append(RunTree.wakeParent(of: run)) }
        if outcome.mayHaveChildren { statements.append(RunTree.stop(below: run.id)) }
        if run.parentRunID == nil {
            // Looks after the conversation is locked: what was written meanwhile is seen.
            statements.append(
                "select true as has_pending from pending_messages where conversation_id = \(run.conversationID) limit 1"
            )
        }
        self.statements = statements
    }

    private static func end(_ outcome: RunOutcome) -> Query {
        let run = outcome.run
        let isTurn = run.parentRunID == nil
        var rows = EventRows()
        rows.append(outcome.events, of: run.id)
        let said: Query = isTurn ? "\(message(outcome)), \(activity), \(writing(outcome.writing))" : ""
        return """
            with conversation as (
                select conversation_id from conversations
                where conversation_id = \(run.conversationID) for no key update
            ), r as (
                update runs set state = \(outcome.state), error_code = \(outcome.errorCode), finished_at = now(),
                    lease_owner = null, result = \(isTurn ? nil : outcome.result)
                from conversation
                where runs.run_id = \(run.id) and runs.conversation_id = conversation.conversation_id
                    and runs.lease_epoch = \(outcome.epoch) and runs.finished_at is null
                returning runs.*
            ), stored as (
                insert into run_events (run_id, sequence, type, data, timestamp)
                select e.run_id, e.sequence, e.type, e.data::json, e.timestamp from \(rows.source) join r using (run_id)
                on conflict (run_id, sequence) do nothing
            ), \(said)\(usage(outcome)), \(experience)
            select exists (select from r) or exists (
                -- It was stored before, and the answer to that got lost.
                select from runs
                where run_id = \(run.id) and lease_epoch = \(outcome.epoch) and state = \(outcome.state)
                    and finished_at is not null
            ) as is_stored
            union all
            select null from r where watched and pg_notify('alma_run', run_id::text) is null
            """
    }

    /// A run that ended before its first word leaves no message.
    private static func message(_ outcome: RunOutcome) -> Query {
        let content = outcome.content.withoutZeroCharacters
        let isWritten = !content.isEmpty || outcome.state == .completed
        return """
            message as (
                insert into messages (
                    conversation_id, message_id, org_id, user_id, role, content, model_metadata, agent_id, run_id,
                    parent_message_id, attachments
                )
                select conversation_id, message_id, org_id, user_id, 'assistant', \(content),
                    \(JSONText(outcome.metadata.withoutEscapedZeroCharacters))::jsonb, agent_id, run_id,
                    -- It answers what was said last.
                    coalesce((
                        select m.message_id from messages m
                        where m.conversation_id = r.conversation_id and m.message_id > r.user_message_id
                            and m.message_id < r.message_id and m.run_id = r.run_id and m.role = 'user'
                        order by m.message_id desc limit 1
                    ), user_message_id), (
                        -- What it and those below it have made.
                        select jsonb_agg(\(AttachedFile.json) order by f.created_at, f.file_id)
                        from files f
                        where f.conversation_id = r.conversation_id and f.size is not null and exists (
                            -- For each file by itself: a join could read all runs.
                            select from runs t where t.run_id = f.run_id and t.root_run_id = r.run_id
                        )
                    )
                from r where \(isWritten)::boolean
                returning conversation_id, parent_message_id
            )
            """
    }

    /// What a model shall write about the conversation. Asked for again while it is being written, it is done again.
    private static func writing(_ wanted: Writing) -> Query {
        guard !wanted.isEmpty else { return "" }
        return """
            writing as (
                insert into writing_tasks as w (conversation_id, org_id, user_id, run_id, wants_title, wants_summary)
                select conversation_id, org_id, user_id, run_id, \(wanted.contains(.title))::boolean,
                    \(wanted.contains(.summary))::boolean
                from r
                on conflict (conversation_id) do update set run_id = excluded.run_id, attempt = 0, due_at = now(),
                    wants_title = w.wants_title or excluded.wants_title,
                    wants_summary = w.wants_summary or excluded.wants_summary
            ), 
            """
    }

    private static func usage(_ outcome: RunOutcome) -> Query {
        var rows = UsageRows()
        rows.append(outcome.usage, of: outcome.run.id)
        var requests = RequestRows()
        requests.append(outcome.usage, of: outcome.run.id)
        var calls = ToolCallRows()
        calls.append(outcome.toolCalls, of: outcome.run.id)
        let audited: Query = calls.isEmpty ? "" : ", audited as (\(calls.insertion(for: "r")))"
        return "cost as (\(rows.insertion(for: "r")))\(requests.insertions(for: "r"))\(audited)"
    }

    /// For an `r` of runs that end. The question is counted with the answer, not when it is asked: there, people's many
    /// conversations would wait for one row of theirs. A run that tries again finds its question counted.
    static func counted(answers: Query) -> Query {
        """
        counted as (
            update user_statistics s set total_messages = s.total_messages + \(answers) + (
                select count(*) from messages m
                where m.conversation_id = r.conversation_id and m.message_id between r.user_message_id and r.message_id
                    and m.run_id = r.run_id and m.role = 'user'
            )::integer, served_at = case when r.attempt > 0 then r.finished_at else s.served_at end
            from r where s.org_id = r.org_id and s.user_id = r.user_id and r.finished_at is not null
                and r.parent_run_id is null
        )
        """
    }

    private static let activity: Query = """
        activity as (
            update conversations c set
                message_count = c.message_count + (select count(*) from message)::integer,
                last_message_at = now(), updated_at = now(),
                -- The talk goes on after the answer, where it still stands at what is answered.
                leaf_message_id = case
                    when c.leaf_message_id = (select parent_message_id from message) then r.message_id
                    else c.leaf_message_id
                end
            from r where c.conversation_id = r.conversation_id
        ), \(counted(answers: "(select count(*) from message)::integer"))
        """

    private static let experience: Query = """
        experience as (
            insert into agent_statistics as a (
                org_id, agent_id, usage_count, success_count, response_time, last_used_at
            )
            select r.org_id, r.agent_id, 1, (r.state = 'completed')::integer,
                extract(epoch from r.finished_at - r.started_at), r.finished_at
            from r where exists (select from agents where agents.agent_id = r.agent_id)
            on conflict (org_id, agent_id) do update set
                usage_count = a.usage_count + 1, success_count = a.success_count + excluded.success_count,
                response_time = a.response_time + excluded.response_time, last_used_at = excluded.last_used_at
        )
        """
}

extension RunOutcome {
    /// What a child's parent is told: the answer, or why there is none.
    fileprivate var result: String { (errorMessage ?? content).withoutZeroCharacters }
}

extension String {
    /// PostgreSQL's text cannot hold U+0000; the sign for what cannot be shown takes its place.
    var withoutZeroCharacters: String {
        utf8.contains(0) ? replacingOccurrences(of: "\0", with: "\u{FFFD}") : self
    }

    /// The same inside JSON, where it is escaped, and must not be taken for a backslash that is followed by text.
    fileprivate var withoutEscapedZeroCharacters: String {
        guard contains(#"\u0000"#) else { return self }
        return replacingOccurrences(of: #"\\"#, with: "\u{1}").replacingOccurrences(of: #"\u0000"#, with: "\u{FFFD}")
            .replacingOccurrences(of: "\u{1}", with: #"\\"#)
    }
}

import Engine
import Foundation
import Postgres

/// The ends of runs as one statement for all of them: last events, the answers, what they cost, the final states, the
/// counters. A plan of that size costs more to begin than to carry out, so many ends together cost little more than one.
///
/// The conversations are locked before the runs, as by whoever begins a turn: two orders would make a deadlock of a person
/// who writes on in the very moment in which the answer ends.
struct RunEnd {
    /// The first one names the runs whose end is stored as `run_id`, the last one the conversations in which somebody has
    /// written meanwhile as `pending_in`.
    let statements: [Query]

    init(_ outcomes: [RunOutcome]) {
        var statements = [Self.ends(outcomes)]
        for outcome in outcomes {
            if outcome.run.parentRunID != nil { statements.append(RunTree.wakeParent(of: outcome.run)) }
            if outcome.mayHaveChildren { statements.append(RunTree.stop(below: outcome.run.id)) }
        }
        let turns = outcomes.filter(\.isTurn).map(\.run.conversationID)
        // Looks after the conversations are locked: what was written meanwhile is seen.
        statements.append(
            """
            select distinct conversation_id as pending_in from pending_messages
            where conversation_id = any(\(turns)::uuid[]) and step is null
            """
        )
        self.statements = statements
    }

    private static func ends(_ outcomes: [RunOutcome]) -> Query {
        var rows = EventRows()
        for outcome in outcomes { rows.append(outcome.events, of: outcome.run.id) }
        let said: Query = outcomes.contains(where: \.isTurn) ? "\(message), \(activity), " : ""
        let wanted: Query = outcomes.contains { !$0.writing.isEmpty } ? "\(writing), " : ""
        return """
            with batch as (\(batch(outcomes))), conversation as (
                select conversation_id from conversations
                where conversation_id in (select of_conversation from batch) for no key update
            ), r as (
                update runs set state = b.final_state, error_code = b.why, finished_at = now(), lease_owner = null,
                    result = b.told
                from batch b join conversation on conversation.conversation_id = b.of_conversation
                where runs.run_id = b.of_run and runs.conversation_id = b.of_conversation
                    and runs.lease_epoch = b.epoch and runs.finished_at is null
                returning runs.*, b.answer, b.about, b.is_written, b.wants_title, b.wants_summary
            ), stored as (
                insert into run_events (run_id, sequence, type, data, timestamp)
                select e.run_id, e.sequence, e.type, e.data::json, e.timestamp from \(rows.source) join r using (run_id)
                on conflict (run_id, sequence) do nothing
            ), \(said)\(wanted)\(usage(outcomes)), \(experience)
            select of_run as run_id from batch b where exists (select from r where r.run_id = b.of_run) or exists (
                -- It was stored before, and the answer to that got lost.
                select from runs
                where runs.run_id = b.of_run and lease_epoch = b.epoch and state = b.final_state
                    and finished_at is not null
            )
            union all
            select null from r where watched and pg_notify('alma_run', run_id::text) is null
            """
    }

    /// A run that ended before its first word leaves no message.
    private static func batch(_ outcomes: [RunOutcome]) -> Query {
        let isWritten = outcomes.map { $0.isTurn && (!$0.content.isEmpty || $0.state == .completed) }
        return """
            select * from unnest(
                \(outcomes.map(\.run.id))::uuid[], \(outcomes.map(\.run.conversationID))::uuid[],
                \(outcomes.map(\.epoch))::bigint[], \(outcomes.map(\.state))::text[],
                \(outcomes.map(\.errorCode))::text[], \(outcomes.map { $0.isTurn ? nil : $0.result })::text[],
                \(outcomes.map(\.content.withoutZeroCharacters))::text[],
                \(outcomes.map(\.metadata.withoutEscapedZeroCharacters))::text[], \(isWritten)::boolean[],
                \(outcomes.map { $0.writing.contains(.title) })::boolean[],
                \(outcomes.map { $0.writing.contains(.summary) })::boolean[]
            ) b (
                of_run, of_conversation, epoch, final_state, why, told, answer, about, is_written, wants_title,
                wants_summary
            )
            """
    }

    private static let message: Query = """
        message as (
            insert into messages (
                conversation_id, message_id, org_id, user_id, role, content, model_metadata, agent_id, run_id,
                parent_message_id, attachments
            )
            select conversation_id, message_id, org_id, user_id, 'assistant', answer, about::jsonb, agent_id, run_id,
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
            from r where is_written
            returning run_id, conversation_id, parent_message_id
        )
        """

    /// What a model shall write about a conversation. Asked for again while it is being written, it is done again.
    private static let writing: Query = """
        writing as (
            insert into writing_tasks as w (conversation_id, org_id, user_id, run_id, wants_title, wants_summary)
            select conversation_id, org_id, user_id, run_id, wants_title, wants_summary from r
            where parent_run_id is null and (wants_title or wants_summary)
            on conflict (conversation_id) do update set run_id = excluded.run_id, attempt = 0, due_at = now(),
                wants_title = w.wants_title or excluded.wants_title,
                wants_summary = w.wants_summary or excluded.wants_summary
        )
        """

    private static func usage(_ outcomes: [RunOutcome]) -> Query {
        var rows = UsageRows()
        var requests = RequestRows()
        var calls = ToolCallRows()
        for outcome in outcomes {
            rows.append(outcome.usage, of: outcome.run.id)
            requests.append(outcome.usage, of: outcome.run.id)
            calls.append(outcome.toolCalls, of: outcome.run.id)
        }
        let audited: Query = calls.isEmpty ? "" : ", audited as (\(calls.insertion(for: "r")))"
        return "cost as (\(rows.insertion(for: "r")))\(requests.insertions(for: "r"))\(audited)"
    }

    /// For an `r` of runs that end; `answers` is how many messages one of them leaves. The question is counted with the
    /// answer, not when it is asked: there, people's many conversations would wait for one row of theirs. A run that tries
    /// again finds its question counted.
    static func counted(answers: Query) -> Query {
        """
        counted as (
            update user_statistics s set total_messages = s.total_messages + t.messages,
                served_at = coalesce(t.served_at, s.served_at)
            from (
                select r.org_id, r.user_id, sum(\(answers) + (
                        select count(*) from messages m
                        where m.conversation_id = r.conversation_id
                            and m.message_id between r.user_message_id and r.message_id
                            and m.run_id = r.run_id and m.role = 'user'
                    ))::integer as messages, max(r.finished_at) filter (where r.attempt > 0) as served_at
                from r where r.finished_at is not null and r.parent_run_id is null
                group by r.org_id, r.user_id
            ) t
            where s.org_id = t.org_id and s.user_id = t.user_id
        )
        """
    }

    private static let activity: Query = """
        activity as (
            update conversations c set
                message_count = c.message_count + (m.run_id is not null)::integer,
                last_message_at = now(), updated_at = now(),
                -- The talk goes on after the answer, where it still stands at what is answered.
                leaf_message_id = case
                    when c.leaf_message_id = m.parent_message_id then r.message_id else c.leaf_message_id
                end
            from r left join message m using (run_id)
            where r.parent_run_id is null and c.conversation_id = r.conversation_id
        ), \(counted(answers: "(select count(*) from message where message.run_id = r.run_id)"))
        """

    /// What the agent took, without what it waited for others.
    private static let experience: Query = """
        experience as (
            insert into agent_statistics as a (
                org_id, agent_id, usage_count, success_count, response_time, last_used_at
            )
            select r.org_id, r.agent_id, count(*), count(*) filter (where r.state = 'completed'),
                coalesce(sum(extract(epoch from r.finished_at - r.started_at - r.rested)), 0), max(r.finished_at)
            from r where exists (select from agents where agents.agent_id = r.agent_id)
            group by r.org_id, r.agent_id
            on conflict (org_id, agent_id) do update set
                usage_count = a.usage_count + excluded.usage_count,
                success_count = a.success_count + excluded.success_count,
                response_time = a.response_time + excluded.response_time, last_used_at = excluded.last_used_at
        )
        """
}

extension RunOutcome {
    /// Rather than a colleague's part of one.
    fileprivate var isTurn: Bool { run.parentRunID == nil }

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

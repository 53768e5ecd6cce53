package import Engine
package import Foundation
import Postgres

// Titles and summaries that are written in the background.
extension Store: WritingJournal {
    /// How often it is tried, with a longer rest each time.
    private static let writingAttempts = 4

    package func claimWriting(worker: UUID, limit: Int, silence: Duration) async throws -> [WritingTask] {
        let rows = try await query(
            """
            with t as (
                update writing_tasks t set lease_owner = \(worker), attempt = t.attempt + 1
                from (
                    select conversation_id from writing_tasks w
                    where due_at <= now() and (
                        -- A worker that asks has nothing in its hands: what is its own was left behind.
                        lease_owner is null or lease_owner = \(worker) or not exists (
                            select from workers o where o.worker_id = w.lease_owner
                                and o.heartbeat_at >= now() - \(silence.seconds)::double precision * interval '1 second'
                        )
                    )
                    order by due_at limit \(limit) for update skip locked
                ) due
                where t.conversation_id = due.conversation_id
                returning t.*
            )
            select \(Run.columns), t.wants_title, t.wants_summary, t.attempt as writing_attempt
            from t join runs r on r.run_id = t.run_id
            """,
            by: .system
        )
        return try rows.map { row in
            var wants: Writing = []
            if try row.get("wants_title") { wants.insert(.title) }
            if try row.get("wants_summary") { wants.insert(.summary) }
            return WritingTask(run: try Run(row), wants: wants, attempt: try row.get("writing_attempt"))
        }
    }

    package func brief(for task: WritingTask) async throws -> WritingBrief {
        let run = task.run
        let terms = RunTerms(run)
        let answers = try await batch(
            [
                Self.history(of: terms, upTo: "\(run.messageID)"), Self.candidates(of: terms, for: .writing),
                Self.summaries(of: terms),
                "select \(Self.hasBudgets("runs")) as has_budgets from runs where run_id = \(run.id)",
            ],
            by: .system
        )
        let path = try History(answers[0]).upTo(run.messageID)
        return WritingBrief(
            messages: path.messages,
            ids: path.ids,
            summary: try Self.summary(answers[2], path: path),
            candidates: try candidates(answers[1]),
            hasBudgets: try answers[3].first?.get("has_budgets") ?? false
        )
    }

    package func finish(_ task: WritingTask, _ notes: WrittenNotes, by worker: UUID) async throws {
        let run = task.run
        var usage = UsageRows()
        usage.append(notes.usage, of: run.id)
        let summary = notes.summary
        let isOver = notes.isDone || !notes.isCutShort && task.attempt >= Self.writingAttempts
        try await batch(
            [
                """
                with conversation as (
                    -- Locked first, as by whoever ends a turn.
                    select conversation_id from conversations
                    where conversation_id = \(run.conversationID) for no key update
                ), held as (
                    select w.conversation_id, w.run_id from conversation join writing_tasks w using (conversation_id)
                    where w.lease_owner = \(worker) for update of w
                ), here as (
                    select r.* from conversation join runs r using (conversation_id) where r.run_id = \(run.id)
                ), paid as (\(usage.insertion(for: "here"))), r as (
                    select here.* from here join held using (conversation_id)
                ), told as (
                    insert into conversation_summaries (
                        conversation_id, up_to_message_id, org_id, user_id, content, model_name
                    )
                    select conversation_id, \(summary?.upTo)::uuid, org_id, user_id, \(summary?.text.withoutZeroCharacters),
                        left(\(summary?.model), 100)
                    from r where \(summary?.upTo)::uuid is not null
                    on conflict (conversation_id, up_to_message_id) do update set
                        content = excluded.content, model_name = excluded.model_name, created_at = now()
                ), named as (
                    update conversations c set
                        title = case when is_titled then title else coalesce(\(notes.title?.withoutZeroCharacters), title) end,
                        summary = coalesce(\(notes.line?.withoutZeroCharacters), summary),
                        is_titled = is_titled or \(notes.title != nil)::boolean
                    from r where c.conversation_id = r.conversation_id and \(notes.title != nil || notes.line != nil)::boolean
                ), done as (
                    delete from writing_tasks t using held
                    where t.conversation_id = held.conversation_id and held.run_id = \(run.id) and \(isOver)::boolean
                )
                select
                """,
                // Not over, or asked for again meanwhile.
                """
                update writing_tasks set lease_owner = null,
                    wants_title = wants_title and not (run_id = \(run.id) and \(notes.title != nil)::boolean),
                    due_at = case
                        when run_id = \(run.id) and not \(notes.isCutShort)::boolean
                            then now() + interval '30 seconds' * power(2, attempt)
                        else now()
                    end
                where conversation_id = \(run.conversationID) and lease_owner = \(worker)
                """,
            ],
            by: .system
        )
    }

    /// Whether something is still to be written about a conversation.
    package func isWriting(about conversation: UUID, by principal: Principal) async throws -> Bool {
        try await !query(
            """
            select from writing_tasks t join conversations c using (conversation_id)
            where \(Self.isOwn(conversation, principal)) and t.attempt <= 1
            """,
            by: principal
        ).isEmpty
    }
}

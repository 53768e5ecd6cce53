package import Engine
package import Foundation
import Postgres

extension Store {
    /// Keeps the person's message and a queued run for it, with the first two events, in one round trip and one
    /// transaction. nil when there is no such conversation, or no such place in it. Of a turn that begins a conversation and has come before it
    /// is the earlier conversation's run that is returned.
    ///
    /// Throws `.invalid` for `content`, `agent_id` or `model_id`, `.conflict("run")` when a run is under way in the
    /// conversation, `.conflict("idempotency_key")` when the key came with something else before.
    package func startTurn(_ input: TurnInput, by principal: Principal) async throws -> TurnStart? {
        try await startTurn(input, fork: nil, by: principal)
    }

    func startTurn(_ input: TurnInput, fork: RunFork?, by principal: Principal) async throws -> TurnStart? {
        try input.check()
        guard let input = try await resolved(input, by: principal),
            let turn = NewTurn(input, fork: fork, by: principal)
        else { return nil }
        let answers = try await batch(turn.statements, by: principal)
        guard let row = answers.dropLast().last?.first else {
            throw StorageError(.failed, "The database did not answer.")
        }
        if let start = try turn.start(row) { return start }
        guard try row.get("has_conversation"), try row.get("has_place") else { return nil }
        guard try row.get("has_agent") else { throw StorageError.invalid("agent_id", "There is no such agent.") }
        guard try row.get("has_model") else { throw StorageError.invalid("model_id", "There is no such model.") }
        guard try row.get("has_files") else { throw StorageError.invalid("attachments", "There is no such file here.") }
        // Somebody else's run was there, or has come in this moment: perhaps the same request, sent twice.
        if let row = try await query(turn.earlier, by: principal).first, let start = try turn.start(row) {
            return start
        }
        throw Branch.busy
    }

    /// What begins at another message is for the same agent and model when nobody else is named, and another answer is to
    /// the question of the one that is named. nil when there is no such message.
    private func resolved(_ input: TurnInput, by principal: Principal) async throws -> TurnInput? {
        let message: UUID
        switch input.place {
        case .end: return input
        case .beside(let said), .again(let said): message = said
        }
        let row = try await query(
            """
            select case m.role when 'user' then m.message_id else m.parent_message_id end as question, r.agent_id, (
                select o.model_id from models o join llmconfigs l using (llm_id)
                where o.model_id = r.model_id and o.org_id = \(principal.organisationID) and o.is_active and l.is_active
            ) as model_id
            from messages m left join lateral (
                select r.agent_id, r.model_id from runs r
                where r.conversation_id = m.conversation_id and r.parent_run_id is null
                    and m.message_id in (r.message_id, r.user_message_id) and \(Self.isOwnRun(principal))
                order by r.message_id = m.message_id desc, r.run_id desc limit 1
            ) r on true
            where \(Self.isIn(input.conversationID, principal)) and m.message_id = \(message) and not m.is_deleted
            """,
            by: principal
        ).first
        guard let row, let question = try row.get("question", as: UUID?.self) else { return nil }
        var input = input
        let agent = try row.get("agent_id", as: UUID?.self)
        if input.agentID == nil || input.agentID == agent { input.modelID = try input.modelID ?? row.get("model_id") }
        input.agentID = input.agentID ?? agent
        if case .again = input.place { input.place = .again(question) }
        return input
    }

    /// A new run for the message of a run that failed or was cancelled, as long as the talk stands there. nil
    /// when there is no such run.
    package func retry(run: UUID, by principal: Principal) async throws -> TurnStart? {
        guard let record = try await runRecord(run, by: principal) else { return nil }
        // One that went on from another one does so again, from what it began with itself.
        if let step = record.forkedStep, [.failed, .cancelled].contains(record.run.state) {
            return try await fork(run, after: step, changes: RunChanges(), by: principal)
        }
        let failed = record.run
        let retry = NewRetry(of: failed, principal: principal)
        guard let row = try await batch([retry.insertion, retry.events], by: principal)[0].first else {
            throw StorageError.conflict(
                "run",
                "This cannot be tried again: it is under way, done, or the talk went on."
            )
        }
        return TurnStart(run: try Run(row), isNew: true)
    }

    package func run(_ id: UUID, by principal: Principal) async throws -> Run? {
        try await query(
            "select \(Run.columns) from runs r where r.run_id = \(id) and \(Self.isOwnRun(principal))",
            by: principal
        ).first.map(Run.init)
    }

    /// The one that an idempotency key has begun, or else the one that has taken in what came with it.
    package func run(withKey key: String, by principal: Principal) async throws -> Run? {
        try await query(
            """
            select \(Run.columns) from runs r
            where \(Self.isOwnRun(principal)) and (r.idempotency_key = \(key) or r.run_id = (
                select p.run_id from pending_messages p
                where p.user_id = \(principal.userID) and p.idempotency_key = \(key) and p.step is not null
            ))
            order by r.idempotency_key is not distinct from \(key) desc limit 1
            """,
            by: principal
        ).first.map(Run.init)
    }

    /// Whether another turn has begun after this one, under way or over already.
    package func isFollowed(_ run: Run, by principal: Principal) async throws -> Bool {
        let found = try await query(
            """
            select from runs r
            where r.conversation_id = \(run.conversationID) and r.run_id > \(run.rootRunID) and r.parent_run_id is null
                and \(Self.isOwnRun(principal))
            limit 1
            """,
            by: principal
        )
        return !found.isEmpty
    }

    /// At most one, as things are.
    package func activeRuns(in conversation: UUID, by principal: Principal) async throws -> [Run] {
        try await query(
            """
            select \(Run.columns) from runs r
            where r.conversation_id = \(conversation) and r.finished_at is null and r.parent_run_id is null
                and \(Self.isOwnRun(principal))
            """,
            by: principal
        ).map(Run.init)
    }

    /// Whether a turn, or any run that works for it, is in the queue's hands or a worker's.
    package func isAtWork(turn: UUID, by principal: Principal) async throws -> Bool {
        try await query(
            """
            select from runs r where r.root_run_id = \(turn) and r.finished_at is null
                and r.state in ('queued', 'running') and \(Self.isOwnRun(principal))
            limit 1
            """,
            by: principal
        ).first != nil
    }

    /// What a page of these messages has to know: the runs that wrote them, the last one that was to answer each, and
    /// the one under way, the oldest first. `isWritten` says that its answer is a message, on this page or another.
    package func runs(
        behind messages: [Message],
        in conversation: UUID,
        by principal: Principal
    ) async throws -> [(run: Run, isWritten: Bool)] {
        let answered = messages.filter { $0.role == "assistant" }.compactMap(\.parentMessageID)
        let ids = messages.map(\.id) + answered
        return try await query(
            """
            select \(Run.columns), exists (
                select from messages m
                where m.conversation_id = r.conversation_id and m.message_id = r.message_id and not m.is_deleted
            ) as is_written
            from runs r
            where r.conversation_id = \(conversation) and r.parent_run_id is null and \(Self.isOwnRun(principal)) and (
                r.finished_at is null or r.message_id = any(\(ids)::uuid[]) or r.run_id in (
                    select distinct on (l.user_message_id) l.run_id from runs l
                    where l.conversation_id = \(conversation) and l.parent_run_id is null
                        and l.user_message_id = any(\(ids)::uuid[])
                    order by l.user_message_id, l.run_id desc
                )
            ) and not exists (
                -- Of an answer that was deleted nothing is shown, its run no more than its text.
                select from messages d
                where d.conversation_id = r.conversation_id and d.message_id = r.message_id and d.is_deleted
            )
            order by r.run_id
            """,
            by: principal
        ).map { (run: try Run($0), isWritten: try $0.get("is_written")) }
    }

    /// The run's log after a place in it; nil when there is no such run.
    package func events(
        of run: UUID,
        after sequence: Int64,
        limit: Int,
        by principal: Principal
    ) async throws -> [RunEvent]? {
        let answers = try await batch(
            [
                "select from runs r where r.run_id = \(run) and \(Self.isOwnRun(principal))",
                Self.events(of: run, after: sequence, limit: limit),
            ],
            by: principal
        )
        return answers[0].isEmpty ? nil : try answers[1].map(RunEvent.init)
    }

    /// A run that nobody has taken ends at once, with its event; one in a worker's hands is marked, and the worker hears
    /// of it at its next heartbeat. The run as it is then; nil when there is no such run. `stopper`: who stops another's, in the
    /// other's name; it is written down that they did.
    package func requestCancellation(
        of run: UUID,
        by principal: Principal,
        stopper: Principal? = nil,
        address: String? = nil
    ) async throws -> Run? {
        guard let found = try await self.run(run, by: principal) else { return nil }
        guard !found.state.isFinal else { return found }
        let ended = EventData(run: found).runStatus(.cancelled, reason: "cancelled", attempt: found.attempt)
        var audited: Query = ""
        if let stopper {
            let entry = AuditEntry("run.stopped", target: run.text)
            audited = ", audited as (\(entry.insertion(for: "r", by: stopper, address: address)))"
        }
        // The new values look at the row as it is when the lock is there: a claim may have come in between.
        let answers = try await batch(
            [
                RunTree.lock(found.conversationID), RunTree.lock(withAllBelow: [run]),
                """
                with r as (
                    update runs r set
                        cancel_requested_at = coalesce(r.cancel_requested_at, now()),
                        -- One that rests is taken up once more, to end with what it has said.
                        state = case when r.state = 'queued' and r.attempt = 0 then 'cancelled'
                            when r.state in ('waiting', 'paused') then 'queued' else r.state end,
                        finished_at = case when r.state = 'queued' and r.attempt = 0 then now() end
                    where r.run_id = \(run) and r.finished_at is null and \(Self.isOwnRun(principal))
                    returning *
                ), \(RunEnd.counted(answers: "0"))\(audited)
                select from r
                """,
                """
                insert into run_events (run_id, sequence, type, data, timestamp)
                select r.run_id, last_sequence(r.run_id) + 1, \(RunEvent.Kind.runStatus), \(ended)::json,
                    date_trunc('milliseconds', now())
                from runs r
                where r.run_id = \(run) and r.state = 'cancelled' and r.finished_at = now() and \(Self.isOwnRun(principal))
                """,
                "select \(Run.columns) from runs r where r.run_id = \(run) and \(Self.isOwnRun(principal))",
                RunTree.stop(below: run),
            ] + (found.parentRunID == nil ? [] : [RunTree.wakeParent(of: found)]),
            // What one does in another's name, the other may not write down.
            by: stopper == nil ? principal : .system
        )
        let stopped = try answers[4].first.map(Run.init)
        if stopped?.state.isFinal == true { await settleQuietly(in: found.conversationID) }
        return stopped
    }

    /// The fourth law for an `r` of runs.
    static func isOwnRun(_ principal: Principal) -> Query {
        "r.user_id = \(principal.userID) and r.org_id = \(principal.organisationID)"
    }
}

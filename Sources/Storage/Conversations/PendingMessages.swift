package import Engine
package import Foundation
import Postgres

extension Store {
    /// Of one conversation.
    private static let mostPending = 20
    /// Of one message, while others begin turns and end them in the same moments.
    private static let mostTries = 20
    private static let usedKey = StorageError.conflict("idempotency_key", "This key came with another message before.")

    /// A turn when the conversation is idle; otherwise the message is kept, to steer the answer under way or to be said
    /// after it. nil when there is no such conversation. One that an answer has taken in which is over is that turn's.
    ///
    /// Throws as `startTurn`, and `.conflict("pending")` when too many wait already.
    package func say(
        _ input: TurnInput,
        mode: PendingMessage.Mode,
        by principal: Principal
    ) async throws -> SaidMessage? {
        try input.check()
        for _ in 0..<Self.mostTries {
            switch try await keep(input, mode: mode, by: principal) {
            case .kept(let message, let isNew): return .pending(message, isNew: isNew)
            case .missing: return nil
            case .idle: break
            }
            do {
                return try await startTurn(input, by: principal).map(SaidMessage.turn)
            } catch let error as StorageError where error.code == .conflict("run") {
                // Somebody has begun a turn in this moment.
                try Task.checkCancellation()
            }
        }
        // The key is known where nobody looks from here: in another organisation of the same person.
        throw input.idempotencyKey == nil ? Branch.busy : Self.usedKey
    }

    private enum Kept {
        case kept(PendingMessage, isNew: Bool)
        case missing
        /// There is nothing to wait for.
        case idle
    }

    private func keep(_ input: TurnInput, mode: PendingMessage.Mode, by principal: Principal) async throws -> Kept {
        guard let row = try await query(Self.keeping(input, mode: mode, by: principal), by: principal).first else {
            throw StorageError(.failed, "The database did not answer.")
        }
        guard try row.get("has_conversation") else { return .missing }
        if try row.get("pending_id", as: UUID?.self) != nil {
            guard try row.get("is_new") || row.get("is_same") else { throw Self.usedKey }
            return .kept(try PendingMessage(row), isNew: try row.get("is_new"))
        }
        // What has become a turn, or part of one, is no new message.
        guard try row.get("is_busy"), try !row.get("is_heard") else { return .idle }
        guard try row.get("has_agent") else { throw StorageError.invalid("agent_id", "There is no such agent.") }
        guard try row.get("has_model") else { throw StorageError.invalid("model_id", "There is no such model.") }
        guard try row.get("has_files") else { throw StorageError.invalid("attachments", "There is no such file here.") }
        guard try row.get("waiting", as: Int.self) < Self.mostPending else {
            throw StorageError.conflict("pending", "\(Self.mostPending) messages wait here already. Discard some.")
        }
        return .idle
    }

    private static func keeping(_ input: TurnInput, mode: PendingMessage.Mode, by principal: Principal) -> Query {
        """
        with conversation as (
            select c.conversation_id, c.test_agent_id from conversations c where \(isOwn(input.conversationID, principal))
            for no key update
        ), active as (
            select run_id from runs r
            where r.conversation_id = \(input.conversationID) and r.parent_run_id is null and r.finished_at is null
        ), waiting as (
            select pending_id from pending_messages
            where conversation_id = \(input.conversationID) and step is null and not is_held
        ), known as (
            select p.*, false as is_new from pending_messages p
            where p.user_id = \(principal.userID) and p.idempotency_key = \(input.idempotencyKey) and not exists (
                -- It belongs to a turn that is over, which tells of it.
                select from runs r where r.run_id = p.run_id and p.step is not null and r.finished_at is not null
            )
        ), heard as (
            select from runs r where r.user_id = \(principal.userID) and r.idempotency_key = \(input.idempotencyKey)
            union all
            select from pending_messages p
            where p.user_id = \(principal.userID) and p.idempotency_key = \(input.idempotencyKey) and p.step is not null
        ), found as (
            select exists (select from conversation) as has_conversation, exists (select from heard) as is_heard,
                exists (select from active) or exists (select from waiting) as is_busy,
                \(input.agentID)::uuid is null or exists (
                    select from agents a where a.agent_id = \(input.agentID) and \(NewTurn.isAnswering) and \(isVisible(to: principal))
                ) as has_agent,
                \(input.modelID)::uuid is null or exists (
                    select from models m join llmconfigs l using (llm_id)
                    where m.model_id = \(input.modelID) and m.org_id = \(principal.organisationID)
                        and m.is_active and l.is_active
                ) as has_model,
                (select count(*) from files f
                    where f.file_id = any(\(input.attachments)::uuid[]) and f.conversation_id = \(input.conversationID)
                        and f.size is not null and \(isOwnFile(principal))
                ) = \(Set(input.attachments).count)::bigint as has_files,
                (select count(*) from pending_messages
                    where conversation_id = \(input.conversationID) and step is null)::integer as waiting
        ), kept as (
            insert into pending_messages (
                pending_id, org_id, user_id, conversation_id, run_id, content, agent_id, model_id, urgency,
                idempotency_key, request_hash, attachments, is_program, temp_message_id
            )
            select \(UUID.v7())::uuid, \(principal.organisationID)::uuid, \(principal.userID)::uuid,
                \(input.conversationID)::uuid,
                case when \(mode == .steer)::boolean then (select run_id from active limit 1) end, \(input.content),
                \(input.agentID)::uuid, \(input.modelID)::uuid, \(input.urgency), \(input.idempotencyKey), \(input.requestHash)::bytea,
                \(input.attachments)::uuid[], \(principal.isProgram)::boolean, \(input.temporaryMessageID)::text
            from found
            where has_conversation and is_busy and has_agent and has_model and has_files and found.waiting < \(mostPending)
                and not is_heard and not exists (select from known)
            on conflict do nothing
            returning *, true as is_new
        )
        select found.has_conversation, found.is_heard, found.is_busy, found.has_agent, found.has_model, found.has_files,
            found.waiting, \(PendingMessage.columns), p.is_new, p.request_hash is not distinct from \(input.requestHash)::bytea as is_same
        from found left join (select * from known union all select * from kept) p on true
        """
    }

    /// What waits in a conversation, the oldest first; nil when there is no such conversation.
    package func pendingMessages(in conversation: UUID, by principal: Principal) async throws -> [PendingMessage]? {
        let answers = try await batch(
            [
                "select from conversations c where \(Self.isOwn(conversation, principal))",
                """
                select \(PendingMessage.columns) from pending_messages p
                where p.conversation_id = \(conversation) and p.step is null and \(Self.isOwnPending(principal))
                order by p.pending_id
                """,
            ],
            by: principal
        )
        return answers[0].isEmpty ? nil : try answers[1].map(PendingMessage.init)
    }

    /// Whether there was one that nobody had taken in.
    package func discardPending(_ id: UUID, in conversation: UUID, by principal: Principal) async throws -> Bool {
        try await query(
            """
            delete from pending_messages p
            where p.pending_id = \(id) and p.conversation_id = \(conversation) and p.step is null
                and \(Self.isOwnPending(principal))
            """,
            by: principal
        ).affected == 1
    }

    /// A message that was held is said: now when the conversation is idle, otherwise after the answer under way.
    /// nil when nothing like that waits here.
    package func dispatchPending(
        _ id: UUID,
        in conversation: UUID,
        by principal: Principal
    ) async throws -> SaidMessage? {
        let rows = try await query(
            """
            update pending_messages p set is_held = false, run_id = null
            where p.pending_id = \(id) and p.conversation_id = \(conversation) and p.step is null
                and \(Self.isOwnPending(principal))
            returning \(PendingMessage.columns)
            """,
            by: principal
        )
        guard let message = try rows.first.map(PendingMessage.init) else { return nil }
        return try await begin(message, by: principal).map(SaidMessage.turn) ?? .pending(message, isNew: true)
    }

    /// The turn of a message that waits, in one transaction with its going; nil when another one is under way. What cannot
    /// become a turn any more is held.
    func begin(_ message: PendingMessage, by principal: Principal) async throws -> TurnStart? {
        guard let turn = NewTurn(message.turn, by: principal) else { return nil }
        let answers = try await batch(
            [
                turn.insertion, turn.events,
                """
                delete from pending_messages p where p.pending_id = \(message.id) and exists (
                    select from runs r
                    where r.user_id = \(message.userID) and r.idempotency_key = \(message.turn.idempotencyKey)
                        and r.request_hash is not distinct from \(message.turn.requestHash)::bytea
                )
                """,
            ],
            by: principal
        )
        guard let row = answers[0].first else { return nil }
        do {
            if let start = try turn.start(row) { return start }
            let isWhole = try row.get("has_agent") && row.get("has_model") && row.get("has_files")
            if !isWhole { try await hold(message.id) }
        } catch let error as StorageError where error.code == .conflict("idempotency_key") {
            // Another message has become a turn with this one's key. Without it, its person can still say it.
            try await hold(message.id, withoutKey: true)
        }
        return nil
    }

    private func hold(_ id: UUID, withoutKey: Bool = false) async throws {
        try await query(
            """
            update pending_messages set is_held = true,
                idempotency_key = case when not \(withoutKey)::boolean then idempotency_key end,
                request_hash = case when not \(withoutKey)::boolean then request_hash end
            where pending_id = \(id)
            """,
            by: .system
        )
    }

    private static func isOwnPending(_ principal: Principal) -> Query {
        "p.user_id = \(principal.userID) and p.org_id = \(principal.organisationID)"
    }
}

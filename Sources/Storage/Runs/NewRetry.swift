import Engine
import Foundation
import Postgres

/// Another run for the same message.
struct NewRetry: Sendable {
    private let run: Run
    private let failed: UUID
    private let principal: Principal
    private let time: String

    init(of failed: Run, principal: Principal, at time: Date = Date()) {
        self.failed = failed.id
        self.principal = principal
        self.time = time.iso8601Milliseconds
        run = Run(
            id: UUID.v7(at: time),
            organisationID: failed.organisationID,
            userID: failed.userID,
            conversationID: failed.conversationID,
            agentID: failed.agentID,
            userMessageID: failed.userMessageID,
            messageID: UUID.v7(at: time),
            state: .queued,
            attempt: 0,
            createdAt: time
        )
    }

    /// No row when it cannot be tried again: it has not failed, or the talk does not stand at it.
    var insertion: Query {
        """
        with conversation as (
            select c.conversation_id, c.leaf_message_id from conversations c
            where \(Store.isOwn(run.conversationID, principal))
            for no key update
        ), r as (
            insert into runs (
                run_id, root_run_id, org_id, user_id, conversation_id, agent_id, model_id, user_message_id, message_id,
                priority, urgency, created_at
            )
            select \(run.id)::uuid, \(run.id)::uuid, f.org_id, f.user_id, conversation_id, f.agent_id, f.model_id, f.user_message_id,
                \(run.messageID)::uuid, \(NewTurn.priority(for: principal))::smallint, 'normal', \(time)::timestamptz
            from runs f join conversation using (conversation_id)
            where f.run_id = \(failed) and f.parent_run_id is null and f.state in ('failed', 'cancelled')
                and exists (
                    -- The talk stands at its question, at what it has heard since, or at what it has said.
                    select from messages m
                    where m.conversation_id = f.conversation_id
                        and m.message_id = coalesce(
                            conversation.leaf_message_id, \(Branch.newest(in: run.conversationID))
                        )
                        and (m.message_id in (f.user_message_id, f.message_id) or m.run_id = f.run_id)
                )
            on conflict do nothing
            returning *
        ), activity as (
            update conversations c set leaf_message_id = r.user_message_id
            from r where c.conversation_id = r.conversation_id
        )
        select \(Run.columns) from r
        """
    }

    var events: Query { NewTurn.events(of: run, temporaryMessageID: nil, time: time) }
}

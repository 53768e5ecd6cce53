import Engine
package import Foundation
import Logging
import Postgres

extension Store {
    /// Where nothing is under way any more, the next message that waits becomes a turn, or what waits is held when the answer
    /// before it was stopped. In one conversation or in all; may be done by any number of nodes at the same time. Returns
    /// whether a turn has begun.
    @discardableResult
    package func settlePending(in conversation: UUID? = nil) async throws -> Bool {
        var hasBegun = false
        for row in try await query(Self.next(in: conversation), by: .system) {
            let message = try PendingMessage(row)
            if try row.get("is_stopped") {
                try await holdPending(in: message.conversationID)
            } else {
                let principal = Principal.member(
                    user: message.userID,
                    organisation: message.organisationID,
                    isSuperuser: try row.get("is_superuser")
                )
                let asker = message.isProgram ? principal.program : principal
                hasBegun = try await begin(message, by: asker)?.isNew == true || hasBegun
            }
        }
        if conversation == nil { try await forgetHeard() }
        return hasBegun
    }

    /// Whoever looks next does what could not be done now.
    func settleQuietly(in conversation: UUID) async {
        do {
            try await settlePending(in: conversation)
        } catch {
            logger.warning("What waits in a conversation is looked at later", metadata: ["error": "\(error)"])
        }
    }

    /// The oldest message of each idle conversation that has some.
    private static func next(in conversation: UUID?) -> Query {
        """
        select distinct on (p.conversation_id) \(PendingMessage.columns), u.is_superuser,
            coalesce(last.state = 'cancelled', false) as is_stopped
        from pending_messages p join users u on u.user_id = p.user_id and u.status = 'active'
        join organisations o on o.org_id = p.org_id and o.deleted_at is null
        left join lateral (
            select r.state from runs r where r.conversation_id = p.conversation_id and r.parent_run_id is null
            order by r.run_id desc limit 1
        ) last on true
        where p.step is null and not p.is_held
            and (\(conversation)::uuid is null or p.conversation_id = \(conversation))
            and not exists (
                select from runs r
                where r.conversation_id = p.conversation_id and r.parent_run_id is null and r.finished_at is null
            )
        order by p.conversation_id, p.pending_id limit 100
        """
    }

    /// As long as it is the stopped answer that was the last.
    private func holdPending(in conversation: UUID) async throws {
        try await query(
            """
            update pending_messages set is_held = true
            where conversation_id = \(conversation) and step is null and (
                select r.state from runs r where r.conversation_id = \(conversation) and r.parent_run_id is null
                order by r.run_id desc limit 1
            ) = 'cancelled'
            """,
            by: .system
        )
    }

    /// Of what an answer has taken in that is over now only the key stays, by which it is known when it is sent once more. Its words
    /// become empty, as no message's are, and not null, which an older server beside this one could not read.
    private func forgetHeard() async throws {
        let isHeard: Query = """
            p.step is not null and (p.content <> '' or p.attachments <> '{}') and r.run_id = p.run_id and r.finished_at is not null
            """
        _ = try await batch(
            [
                "delete from pending_messages p using runs r where \(isHeard) and p.idempotency_key is null",
                """
                update pending_messages p set content = '', attachments = '{}' from runs r
                where \(isHeard) and p.idempotency_key is not null
                """,
            ],
            by: .system
        )
    }
}

package import Engine
package import Foundation
import Postgres

extension Store {
    package func takeSteering(of claimed: ClaimedRun, after step: Int) async throws -> [SteeringMessage] {
        let run = claimed.run
        let answers = try await batch(
            [
                """
                select message_id from pending_messages where run_id = \(run.id) and step is not null
                order by message_id desc limit 1
                """,
                """
                select pending_id, content, temp_message_id, \(Self.attachments(of: "p")) as attachments
                from pending_messages p where run_id = \(run.id) and step is null order by pending_id limit 50
                """,
                // The answer to a question before this one may have got lost: whoever has heard them passes over them.
                Self.steering(of: RunTerms(run)),
            ],
            by: .system
        )
        let before = try answers[2].map(Self.steering).filter { $0.step == step }
        let last = try answers[0].first?.get("message_id") ?? run.userMessageID
        let heard = try answers[1].enumerated().map { index, row in
            Heard(
                pending: try row.get("pending_id"),
                message: SteeringMessage.id(after: last, number: index + 1),
                content: try Self.told(row),
                temporaryID: try row.get("temp_message_id")
            )
        }
        guard !heard.isEmpty else { return before }
        let taken = try await batch(
            [RunTree.lock(run.conversationID), Self.taking(heard, claimed, after: step, saidLast: last)],
            by: .system
        )[1]
        // Of another worker's run nothing is taken; what was discarded in this moment is not either.
        let ids = Set(try taken.map { try $0.get("message_id", as: UUID.self) })
        return before
            + heard.filter { ids.contains($0.message) }.map {
                SteeringMessage(id: $0.message, content: $0.content, step: step, temporaryID: $0.temporaryID)
            }
    }

    private struct Heard {
        var pending: UUID
        var message: UUID
        var content: String
        var temporaryID: String?
    }

    private static func taking(
        _ heard: [Heard],
        _ claimed: ClaimedRun,
        after step: Int,
        saidLast: UUID
    ) -> Query {
        """
        with r as (
            select run_id from runs
            where run_id = \(claimed.run.id) and lease_epoch = \(claimed.epoch) and finished_at is null for share
        ), heard as (
            update pending_messages p set step = \(step), message_id = m.message_id
            from r cross join unnest(
                \(heard.map(\.pending))::uuid[], \(heard.map(\.message))::uuid[]
            ) m (pending_id, message_id)
            where p.pending_id = m.pending_id and p.run_id = r.run_id and p.step is null
            returning p.*
        ), message as (
            insert into messages (
                conversation_id, message_id, org_id, user_id, role, content, timestamp, run_id, parent_message_id,
                attachments
            )
            select conversation_id, message_id, org_id, user_id, 'user', content, created_at, run_id,
                coalesce(lag(message_id) over (order by message_id), \(saidLast)::uuid), \(attachments(of: "heard"))
            from heard
        ), activity as (
            update conversations c set
                message_count = c.message_count + (select count(*) from heard)::integer,
                last_message_at = now(), updated_at = now(),
                leaf_message_id = (select h.message_id from heard h order by h.message_id desc limit 1)
            where c.conversation_id = \(claimed.run.conversationID) and exists (select from heard)
        )
        select message_id from heard
        """
    }

    /// What the run has taken in, in the order in which it did.
    static func steering(of run: RunTerms) -> Query {
        """
        select message_id, content, step, temp_message_id, \(attachments(of: "p")) as attachments
        from pending_messages p where p.run_id = \(run.id) and p.step is not null order by p.message_id
        """
    }

    static func steering(_ row: Row) throws -> SteeringMessage {
        SteeringMessage(
            id: try row.get("message_id"),
            content: try told(row),
            step: try row.get("step"),
            temporaryID: try row.get("temp_message_id")
        )
    }

    /// With what came along.
    private static func told(_ row: Row) throws -> String {
        AttachedFile.list(json: try row.get("attachments")).told(with: try row.get("content"))
    }

    /// An expression: `messages.attachments` of a pending message.
    private static func attachments(of message: Query) -> Query {
        """
        (
            select jsonb_agg(\(AttachedFile.json) order by array_position(\(message).attachments, f.file_id))
            from files f where f.file_id = any(\(message).attachments) and f.size is not null
        )
        """
    }
}

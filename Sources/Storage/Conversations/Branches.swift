package import Engine
package import Foundation
import Postgres

extension Store {
    /// Goes over to the branch of `message`, at its newest end. nil when there is no such message. Throws
    /// `.conflict("run")` while an answer is being written in the conversation.
    package func switchBranch(
        to message: UUID,
        in conversation: UUID,
        by principal: Principal
    ) async throws -> Conversation? {
        let answers = try await batch(
            [
                Branch.lock(conversation, principal),
                """
                select exists (\(Self.known(message, in: conversation, principal))) as is_known,
                    \(Branch.isBusy(conversation)) as is_busy
                """,
                """
                update conversations c
                set leaf_message_id = \(Branch.newestLeaf(under: "\(message)::uuid", in: conversation))
                where \(Self.isOwn(conversation, principal)) and not \(Branch.isBusy(conversation))
                    and exists (\(Self.known(message, in: conversation, principal)))
                returning \(Conversation.columns)
                """,
            ],
            by: principal
        )
        guard try answers[1].first?.get("is_known") == true else { return nil }
        guard try answers[1].first?.get("is_busy") == false else { throw Branch.busy }
        return try answers[2].first.map(Conversation.init)
    }

    /// Hides the message and what hangs under it. A conversation that stood there stands at the newest end of what is
    /// left beside it, else at the message before. False when there is no such message. Throws `.conflict("run")` while an
    /// answer is being written in the conversation.
    package func deleteMessage(_ id: UUID, in conversation: UUID, by principal: Principal) async throws -> Bool {
        let demand = Self.demanded(.message(id, conversation: conversation))
        let answers = try await batch(
            demand + [
                Branch.lock(conversation, principal),
                """
                with recursive \(Branch.downwards(from: "\(id)::uuid", in: conversation)), hidden as (
                    update messages m set is_deleted = true, deleted_with = \(id)
                    where \(Self.isIn(conversation, principal)) and m.message_id in (select message_id from below)
                        and not \(Branch.isBusy(conversation))
                    returning m.message_id
                ), counted as (
                    update conversations c set
                        message_count = c.message_count - (select count(*) from hidden)::integer, updated_at = now()
                    where \(Self.isOwn(conversation, principal)) and exists (select from hidden)
                )
                select exists (\(Self.known(id, in: conversation, principal))) as is_known,
                    \(Branch.isBusy(conversation)) as is_busy
                """,
                // With eyes that see what is hidden now.
                """
                update conversations c set leaf_message_id = \(Branch.newestLeaf(
                    under: "(select d.parent_message_id from messages d where d.conversation_id = \(conversation) and d.message_id = \(id))",
                    in: conversation
                ))
                where \(Self.isOwn(conversation, principal)) and exists (
                    select from messages m
                    where m.conversation_id = c.conversation_id and m.message_id = c.leaf_message_id and m.is_deleted
                )
                """,
            ],
            by: principal
        )
        let found = answers[demand.count + 1].first
        guard try found?.get("is_known") == true else { return false }
        guard try found?.get("is_busy") == false else { throw Branch.busy }
        return true
    }

    /// Takes a deletion back: what it hid is there again, and the conversation stands at its end. False when there is no
    /// such deletion. Throws `.conflict("run")` while an answer is being written in the conversation,
    /// `.conflict("message")` when the message before it is deleted.
    package func restoreMessage(_ id: UUID, in conversation: UUID, by principal: Principal) async throws -> Bool {
        let isHidden: Query = """
            select from messages m where \(Self.isIn(conversation, principal)) and m.message_id = \(id) and m.deleted_with = \(id)
            """
        let isLoose: Query = """
            exists (
                select from messages m join messages p
                    on p.conversation_id = m.conversation_id and p.message_id = m.parent_message_id
                where \(Self.isIn(conversation, principal)) and m.message_id = \(id) and p.is_deleted
            )
            """
        let answers = try await batch(
            [
                Branch.lock(conversation, principal),
                """
                with shown as (
                    update messages m set is_deleted = false, deleted_with = null
                    where \(Self.isIn(conversation, principal)) and m.deleted_with = \(id)
                        and not \(Branch.isBusy(conversation)) and not \(isLoose)
                    returning m.message_id
                ), counted as (
                    update conversations c set
                        message_count = c.message_count + (select count(*) from shown)::integer, updated_at = now()
                    where \(Self.isOwn(conversation, principal)) and exists (select from shown)
                )
                select exists (\(isHidden)) as is_known, \(Branch.isBusy(conversation)) as is_busy, \(isLoose) as is_loose,
                    exists (select from shown) as is_done
                """,
            ],
            by: principal
        )
        guard let row = answers[1].first, try row.get("is_known") else { return false }
        if try row.get("is_busy") { throw Branch.busy }
        if try row.get("is_loose") {
            throw StorageError.conflict("message", "The message before this one is deleted. Bring that back first.")
        }
        return try await switchBranch(to: id, in: conversation, by: principal) != nil
    }

    /// A question that has a row when the message is there.
    private static func known(_ message: UUID, in conversation: UUID, _ principal: Principal) -> Query {
        """
        select from messages m
        where \(isIn(conversation, principal)) and m.message_id = \(message) and not m.is_deleted
        """
    }
}

import Engine
import Foundation
import Postgres

/// Ways through a conversation as the tree that it is: each message hangs under the one that it answers or follows.
enum Branch {
    /// An expression for the message at which the conversation stands.
    static func leaf(of conversation: UUID, _ principal: Principal) -> Query {
        """
        (
            select coalesce(c.leaf_message_id, \(newest(in: conversation)))
            from conversations c where \(Store.isOwn(conversation, principal))
        )
        """
    }

    /// An expression for the newest message: where a conversation stands that has never said it.
    static func newest(in conversation: UUID) -> Query {
        """
        (
            select n.message_id from messages n
            where n.conversation_id = \(conversation) and not n.is_deleted order by n.message_id desc limit 1
        )
        """
    }

    /// Rows `branch (message_id, parent_message_id, place)` from the message `start` up to the first one, `limit` at most;
    /// it has the place 1. For a `with recursive`.
    static func upwards(from start: Query, in conversation: UUID, limit: Int) -> Query {
        """
        branch as (
            select m.message_id, m.parent_message_id, 1 as place from messages m
            where m.conversation_id = \(conversation) and m.message_id = \(start)
            union all
            select m.message_id, m.parent_message_id, b.place + 1
            from branch b join messages m on m.message_id = b.parent_message_id
            where m.conversation_id = \(conversation) and b.place < \(limit)
        )
        """
    }

    /// Rows `below (message_id, parent_message_id)`: the message `start` and what hangs under it, without what is
    /// deleted. For a `with recursive`.
    static func downwards(from start: Query, in conversation: UUID) -> Query {
        """
        below as (
            select m.message_id, m.parent_message_id from messages m
            where m.conversation_id = \(conversation) and m.message_id = \(start) and not m.is_deleted
            union all
            select m.message_id, m.parent_message_id from below b join messages m on m.parent_message_id = b.message_id
            where m.conversation_id = \(conversation) and not m.is_deleted
        )
        """
    }

    /// An expression for the newest end under the message `start`, which is itself when nothing hangs there.
    static func newestLeaf(under start: Query, in conversation: UUID) -> Query {
        """
        (
            with recursive \(downwards(from: start, in: conversation))
            select b.message_id from below b
            where not exists (select from below child where child.parent_message_id = b.message_id)
            order by b.message_id desc limit 1
        )
        """
    }

    /// Holds off whoever else would change where the conversation stands: a turn, a run's end, another switch.
    static func lock(_ conversation: UUID, _ principal: Principal) -> Query {
        "select from conversations c where \(Store.isOwn(conversation, principal)) for no key update"
    }

    /// A condition: an answer is being written.
    static func isBusy(_ conversation: UUID) -> Query {
        """
        exists (
            select from runs r
            where r.conversation_id = \(conversation) and r.finished_at is null and r.parent_run_id is null
        )
        """
    }

    static let busy = StorageError.conflict("run", "An answer is being written here. Wait for it, or stop it.")
}

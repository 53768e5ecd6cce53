package import Engine
package import Foundation
import Postgres

/// Which messages of a conversation are meant.
package enum MessageSelection: Sendable {
    /// Those of the branch at which the conversation stands, from the first to the last.
    case branch
    /// Those of all branches, by time.
    case all
}

extension Store {
    /// More messages than any branch has: a bound, as every walk needs one.
    private static let branchLimit = 1_000_000

    /// nil when there is no such conversation.
    package func messages(
        in conversation: UUID,
        _ selection: MessageSelection = .branch,
        page: Page,
        ascending: Bool,
        by principal: Principal
    ) async throws -> Paged<Message>? {
        let direction: Query = ascending ? "desc" : "asc"
        let rows = try await query(
            """
            with recursive \(Self.chosen(selection, conversation, principal)), page as (
                select \(Message.columns), b.place from branch b join messages m on m.message_id = b.message_id
                where \(Self.isIn(conversation, principal))
                order by b.place \(direction) limit \(page.size) offset \(page.offset)
            )
            select (select count(*) from branch) as total, page.*
            from conversations c left join page on true
            where \(Self.isOwn(conversation, principal)) order by page.place \(direction)
            """,
            by: principal
        )
        guard let total: Int = try rows.first?.get("total") else { return nil }
        let found = try rows.filter { try $0.get("message_id", as: UUID?.self) != nil }
        return Paged(items: try found.map(Message.init), page: page, total: total)
    }

    /// Rows `branch (message_id, place)`, of which the place grows from the last message to the first.
    private static func chosen(_ selection: MessageSelection, _ conversation: UUID, _ principal: Principal) -> Query {
        switch selection {
        case .branch:
            Branch.upwards(from: Branch.leaf(of: conversation, principal), in: conversation, limit: branchLimit)
        case .all:
            """
            branch as (
                select m.message_id, row_number() over (order by m.message_id desc) as place from messages m
                where \(isIn(conversation, principal)) and not m.is_deleted
            )
            """
        }
    }

    /// Of the branch at which the conversation stands, the last `limit` messages, oldest first; with `message`, those
    /// before that one, on whatever branch. nil when there is no such conversation.
    package func messages(
        in conversation: UUID,
        before message: UUID?,
        limit: Int,
        by principal: Principal
    ) async throws -> [Message]? {
        let limit = min(max(1, limit), 500)
        let start: Query =
            message.map {
                """
                (
                    select m.parent_message_id from messages m
                    where \(Self.isIn(conversation, principal)) and m.message_id = \($0)
                )
                """
            } ?? Branch.leaf(of: conversation, principal)
        let answers = try await batch(
            [
                "select from conversations c where \(Self.isOwn(conversation, principal))",
                """
                with recursive \(Branch.upwards(from: start, in: conversation, limit: limit))
                select \(Message.columns) from branch b join messages m on m.message_id = b.message_id
                where \(Self.isIn(conversation, principal)) order by b.place
                """,
            ],
            by: principal
        )
        return answers[0].isEmpty ? nil : try answers[1].reversed().map(Message.init)
    }

    package func message(_ id: UUID, in conversation: UUID, by principal: Principal) async throws -> Message? {
        try await query(
            """
            select \(Message.columns) from messages m
            where \(Self.isIn(conversation, principal)) and m.message_id = \(id) and not m.is_deleted
            """,
            by: principal
        ).first.map(Message.init)
    }

    /// A message some way behind another one, for a page that is to hold that one; nil when it is near the end of what is shown
    /// now, or not there.
    package func placeBehind(_ message: UUID, in conversation: UUID, by principal: Principal) async throws -> UUID? {
        let distance = 10
        let row = try await query(
            """
            with recursive way as (
                select m.message_id, 0 as step from messages m
                where \(Self.isIn(conversation, principal)) and m.message_id = \(message) and not m.is_deleted
                union all
                select n.message_id, w.step + 1 from way w cross join lateral (
                    select m.message_id from messages m
                    where \(Self.isIn(conversation, principal)) and m.parent_message_id = w.message_id
                        and not m.is_deleted
                    order by m.message_id desc limit 1
                ) n
                where w.step < \(distance)
            )
            select message_id, message_id = \(Branch.leaf(of: conversation, principal)) as is_end, step
            from way order by step desc limit 1
            """,
            by: principal
        ).first
        // At the end of another branch the last message is left out, so that the one before it is seen.
        guard let row, try !row.get("is_end"), try row.get("step", as: Int.self) > 0 else { return nil }
        return try row.get("message_id")
    }

    /// What hangs under a message, the oldest first.
    package func messages(under parent: UUID, in conversation: UUID, by principal: Principal) async throws -> [UUID] {
        try await query(
            """
            select m.message_id from messages m
            where \(Self.isIn(conversation, principal)) and m.parent_message_id = \(parent) and not m.is_deleted
            order by m.message_id
            """,
            by: principal
        ).map { try $0.get("message_id") }
    }

    /// Whether the deletion of this message can be taken back.
    package func isDeleted(_ message: UUID, in conversation: UUID, by principal: Principal) async throws -> Bool {
        let rows = try await query(
            """
            select from messages m
            where \(Self.isIn(conversation, principal)) and m.message_id = \(message) and m.deleted_with = \(message)
            """,
            by: principal
        )
        return !rows.isEmpty
    }

    /// The fourth law for an `m` of messages.
    static func isIn(_ conversation: UUID, _ principal: Principal) -> Query {
        """
        m.conversation_id = \(conversation) and m.user_id = \(principal.userID) and m.org_id = \(principal.organisationID)
        """
    }
}

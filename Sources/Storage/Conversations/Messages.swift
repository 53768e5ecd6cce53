package import Engine
package import Foundation
import Postgres

extension Store {
    /// nil when there is no such conversation. The order is that of the keys, which is that of time.
    package func messages(
        in conversation: UUID,
        page: Page,
        ascending: Bool,
        by principal: Principal
    ) async throws -> Paged<Message>? {
        let direction: Query = ascending ? "asc" : "desc"
        let answers = try await batch(
            [
                "select c.message_count from conversations c where \(Self.isOwn(conversation, principal))",
                """
                select \(Message.columns) from messages m
                where \(Self.isIn(conversation, principal)) and not m.is_deleted
                order by m.message_id \(direction) limit \(page.size) offset \(page.offset)
                """,
            ],
            by: principal
        )
        guard let total: Int = try answers[0].first?.get(0) else { return nil }
        return Paged(items: try answers[1].map(Message.init), page: page, total: total)
    }

    /// The newest `limit` messages before `message` (nil: of all), oldest first; nil when there is no such conversation.
    package func messages(
        in conversation: UUID,
        before message: UUID?,
        limit: Int,
        by principal: Principal
    ) async throws -> [Message]? {
        let place: Query = message.map { " and m.message_id < \($0)" } ?? ""
        let answers = try await batch(
            [
                "select from conversations c where \(Self.isOwn(conversation, principal))",
                """
                select \(Message.columns) from messages m
                where \(Self.isIn(conversation, principal)) and not m.is_deleted\(place)
                order by m.message_id desc limit \(min(max(1, limit), 500))
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

    private static func isIn(_ conversation: UUID, _ principal: Principal) -> Query {
        """
        m.conversation_id = \(conversation) and m.user_id = \(principal.userID) and m.org_id = \(principal.organisationID)
        """
    }
}

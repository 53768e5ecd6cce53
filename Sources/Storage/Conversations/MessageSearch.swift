package import Engine
package import Foundation
import Postgres

extension Store: ConversationSearch {
    /// Characters on each side of the place that was found.
    private static let excerptMargin = 150

    package func search(
        _ text: String,
        notIn conversation: UUID?,
        limit: Int,
        by principal: Principal
    ) async throws -> [ConversationMatch] {
        let margin = Self.excerptMargin
        let rows = try await query(
            """
            select m.conversation_id, c.title, m.role, m.timestamp,
                substr(m.content, greatest(1, p.place - \(margin)), \(2 * margin) + length(\(text)::text)) as excerpt
            from conversations c join messages m using (conversation_id)
            cross join lateral (select strpos(lower(m.content), lower(\(text)::text)) as place) p
            where c.org_id = \(principal.organisationID) and c.user_id = \(principal.userID)
                and c.conversation_id is distinct from \(conversation) and not m.is_deleted and p.place > 0
            order by m.timestamp desc, m.message_id limit \(min(max(1, limit), 50))
            """,
            by: principal
        )
        return try rows.map { row in
            ConversationMatch(
                conversationID: try row.get("conversation_id"),
                conversationTitle: try row.get("title"),
                role: try row.get("role"),
                excerpt: try row.get("excerpt"),
                timestamp: try row.get("timestamp")
            )
        }
    }
}

package import Foundation

/// Looks things up in what a person and their agents have said: `Storage`'s.
package protocol ConversationSearch: Sendable {
    /// The newest messages of the principal's own conversations, but for one, that hold `text`, whatever the case of its
    /// letters; at most `limit`.
    func search(
        _ text: String,
        notIn conversation: UUID?,
        limit: Int,
        by principal: Principal
    ) async throws -> [ConversationMatch]
}

/// A message that was found.
package struct ConversationMatch: Sendable, Equatable {
    package var conversationID: UUID
    package var conversationTitle: String
    /// `user` or `assistant`.
    package var role: String
    /// The words around the place, some hundred characters.
    package var excerpt: String
    package var timestamp: Date

    package init(conversationID: UUID, conversationTitle: String, role: String, excerpt: String, timestamp: Date) {
        self.conversationID = conversationID
        self.conversationTitle = conversationTitle
        self.role = role
        self.excerpt = excerpt
        self.timestamp = timestamp
    }
}

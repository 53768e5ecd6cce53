package import Engine
package import Foundation
import Postgres

/// What is looked for in the messages of a person's conversations.
package struct MessageQuestion: Sendable, Equatable {
    /// Words between blanks, each of which a message must hold, whatever the case of its letters.
    package var text: String
    /// nil: in all but those in which agents are tried out.
    package var conversationID: UUID?
    package var notIn: UUID?
    /// `user` or `assistant`.
    package var role: String?
    package var agentID: UUID?

    package init(
        text: String,
        conversationID: UUID? = nil,
        notIn: UUID? = nil,
        role: String? = nil,
        agentID: UUID? = nil
    ) {
        self.text = text
        self.conversationID = conversationID
        self.notIn = notIn
        self.role = role
        self.agentID = agentID
    }

    /// The words, at most eight.
    var words: [String] {
        text.replacing("\0", with: "").split(whereSeparator: \.isWhitespace).prefix(8).map { String($0.prefix(200)) }
    }
}

/// A message that holds what was looked for.
package struct MessageHit: Sendable, Equatable {
    package var messageID: UUID
    package var conversationID: UUID
    package var conversationTitle: String
    package var role: String
    package var agentID: UUID?
    package var timestamp: Date
    /// The words around the first place, in order: what was looked for, and what stands between.
    package var parts: [Part]

    package struct Part: Sendable, Equatable {
        package var text: String
        package var isMatch: Bool

        package init(_ text: String, isMatch: Bool = false) {
            (self.text, self.isMatch) = (text, isMatch)
        }
    }

    package init(
        messageID: UUID,
        conversationID: UUID,
        conversationTitle: String,
        role: String,
        agentID: UUID?,
        timestamp: Date,
        parts: [Part]
    ) {
        self.messageID = messageID
        self.conversationID = conversationID
        self.conversationTitle = conversationTitle
        self.role = role
        self.agentID = agentID
        self.timestamp = timestamp
        self.parts = parts
    }

    package var excerpt: String { parts.map(\.text).joined() }
}

extension Store: ConversationSearch {
    /// Hits are counted no further than this.
    private static let hitLimit = 1000

    package func search(
        _ text: String,
        notIn conversation: UUID?,
        limit: Int,
        by principal: Principal
    ) async throws -> [ConversationMatch] {
        let page = Page(number: 1, size: min(max(1, limit), 50))
        let search = MessageSearchQuery(
            MessageQuestion(text: text, notIn: conversation),
            words: [text.replacing("\0", with: "")],
            page: page,
            limit: page.size,
            by: principal
        )
        return try await hits(search, by: principal).rows.map { row in
            ConversationMatch(
                conversationID: try row.get("conversation_id"),
                conversationTitle: try row.get("title"),
                role: try row.get("role"),
                excerpt: try row.get("excerpt"),
                timestamp: try row.get("timestamp")
            )
        }
    }

    /// The newest first; none for a question without words. Not counted beyond a thousand.
    package func searchMessages(
        _ question: MessageQuestion,
        page: Page,
        by principal: Principal
    ) async throws -> Paged<MessageHit> {
        let words = question.words
        guard !words.isEmpty else { return Paged(items: [], page: page, total: 0) }
        let search = MessageSearchQuery(question, words: words, page: page, limit: Self.hitLimit, by: principal)
        let (total, rows) = try await hits(search, by: principal)
        let hits = try rows.map { row in
            MessageHit(
                messageID: try row.get("message_id"),
                conversationID: try row.get("conversation_id"),
                conversationTitle: try row.get("title"),
                role: try row.get("role"),
                agentID: try row.get("agent_id"),
                timestamp: try row.get("timestamp"),
                parts: MessageHit.parts(
                    of: try row.get("excerpt"),
                    words: words,
                    isCut: (try row.get("begins_within"), try row.get("ends_within"))
                )
            )
        }
        return Paged(items: hits, page: page, total: total)
    }

    /// Those of the page, and how many there are.
    private func hits(_ search: MessageSearchQuery, by principal: Principal) async throws -> (total: Int, rows: [Row]) {
        // Planned each time for whoever asks: a plan for anybody may read all that is there, and then put it in order.
        let answers = try await batch(
            ["set local plan_cache_mode = force_custom_plan", search.statement],
            by: principal
        )
        guard let rows = answers.last else { throw StorageError(.failed, "The database did not answer.") }
        let there = try rows.filter { try $0.get("message_id", as: UUID?.self) != nil }
        return (try rows.first?.get("total") ?? 0, there)
    }
}

extension MessageHit {
    /// An excerpt taken apart at the words that were looked for, on one line.
    static func parts(of excerpt: String, words: [String], isCut: (Bool, Bool) = (false, false)) -> [Part] {
        let line = excerpt.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        var parts: [Part] = []
        var rest = line[...]
        while let next = words.compactMap({ rest.range(of: $0, options: .caseInsensitive) })
            .min(by: { ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound) }), !next.isEmpty
        {
            if next.lowerBound > rest.startIndex { parts.append(Part(String(rest[..<next.lowerBound]))) }
            parts.append(Part(String(rest[next]), isMatch: true))
            rest = rest[next.upperBound...]
        }
        if !rest.isEmpty { parts.append(Part(String(rest))) }
        if isCut.0 { parts.insert(Part("… "), at: 0) }
        if isCut.1 { parts.append(Part(" …")) }
        return parts
    }
}

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
    /// Characters on each side of the place that was found.
    private static let excerptMargin = 150
    /// Hits are counted no further than this.
    private static let hitLimit = 1000

    package func search(
        _ text: String,
        notIn conversation: UUID?,
        limit: Int,
        by principal: Principal
    ) async throws -> [ConversationMatch] {
        let page = Page(number: 1, size: min(max(1, limit), 50))
        let found = try await hits(
            MessageQuestion(text: text, notIn: conversation),
            words: [text.replacing("\0", with: "")],
            page: page,
            by: principal
        )
        return try found.rows.map { row in
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
        let (total, rows) = try await hits(question, words: words, page: page, by: principal)
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

    /// Those of the page, and how many there are. Every message of the person's may have to be read, which is done once.
    private func hits(
        _ question: MessageQuestion,
        words: [String],
        page: Page,
        by principal: Principal
    ) async throws -> (total: Int, rows: [Row]) {
        let (margin, first) = (Self.excerptMargin, words.first ?? "")
        let rows = try await query(
            """
            with found as materialized (
                select m.conversation_id, m.message_id, m.timestamp, c.title \(Self.found(question, words, principal))
                order by m.timestamp desc, m.message_id limit \(Self.hitLimit)
            )
            select counted.total, h.message_id, h.conversation_id, h.title, h.role, h.agent_id, h.timestamp,
                substr(h.content, h.start, h.size) as excerpt, h.start > 1 as begins_within,
                h.start + h.size <= length(h.content) as ends_within
            from (select count(*)::integer as total from found) counted left join (
                select f.*, m.role, m.agent_id, m.content,
                    greatest(1, strpos(lower(m.content), lower(\(first)::text)) - \(margin)) as start,
                    \(2 * margin) + length(\(first)::text) as size
                from (
                    select * from found order by timestamp desc, message_id limit \(page.size) offset \(page.offset)
                ) f join messages m using (conversation_id, message_id)
            ) h on true
            order by h.timestamp desc, h.message_id
            """,
            by: principal
        )
        let there = try rows.filter { try $0.get("message_id", as: UUID?.self) != nil }
        return (try rows.first?.get("total") ?? 0, there)
    }

    /// From where, and which: conversations `c` with messages `m`.
    private static func found(_ question: MessageQuestion, _ words: [String], _ principal: Principal) -> Query {
        var found: Query = """
            from conversations c join messages m using (conversation_id)
            where c.org_id = \(principal.organisationID) and c.user_id = \(principal.userID)
                and m.org_id = c.org_id and m.user_id = c.user_id and not m.is_deleted
            """
        if let conversation = question.conversationID {
            found.append(" and c.conversation_id = \(conversation)")
        } else {
            found.append(" and c.test_agent_id is null")
        }
        if let other = question.notIn { found.append(" and c.conversation_id <> \(other)") }
        if let role = question.role { found.append(" and m.role = \(role)") }
        if let agent = question.agentID { found.append(" and m.agent_id = \(agent)") }
        for word in words { found.append(" and strpos(lower(m.content), lower(\(word)::text)) > 0") }
        return found
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

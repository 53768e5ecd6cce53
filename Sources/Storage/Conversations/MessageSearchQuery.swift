package import Engine
package import Postgres

/// The statement of a search. It goes through what the person has said, the newest first, until enough messages hold
/// all words: a frequent word is found at once, and for one that is nowhere all of it is read.
package struct MessageSearchQuery: Sendable {
    /// Characters on each side of the place that was found.
    private static let margin = 150

    private let question: MessageQuestion
    private let words: [String]
    private let page: Page
    private let limit: Int
    private let principal: Principal

    /// `words` stand for those of the question; no more than `limit` hits are counted.
    package init(
        _ question: MessageQuestion,
        words: [String],
        page: Page,
        limit: Int,
        by principal: Principal
    ) {
        self.question = question
        self.words = words
        self.page = page
        self.limit = limit
        self.principal = principal
    }

    /// Its rows are the hits of the page, each with the `total` of all; where there are none, one with the total alone.
    package var statement: Query {
        let first = words.first ?? ""
        return """
            with found as materialized (
                select m.conversation_id, m.message_id, m.role, m.agent_id, m.timestamp, m.content from messages m
                where \(isFound)
                order by m.timestamp desc, m.message_id limit \(limit)
            )
            select counted.total, h.message_id, h.conversation_id, c.title, h.role, h.agent_id, h.timestamp,
                substr(h.content, h.start, h.size) as excerpt, h.start > 1 as begins_within,
                h.start + h.size <= length(h.content) as ends_within
            from (select count(*)::integer as total from found) counted left join (
                select m.*, greatest(1, \(Self.place(of: first)) - \(Self.margin)) as start,
                    \(2 * Self.margin) + length(\(first)::text) as size
                from (
                    select * from found order by timestamp desc, message_id limit \(page.size) offset \(page.offset)
                ) m
            ) h on true left join conversations c on c.conversation_id = h.conversation_id
            order by h.timestamp desc, h.message_id
            """
    }

    /// A condition for an `m` of messages.
    private var isFound: Query {
        var found: Query = """
            m.org_id = \(principal.organisationID) and m.user_id = \(principal.userID) and not m.is_deleted
            """
        if let conversation = question.conversationID {
            found.append(" and m.conversation_id = \(conversation)")
        } else {
            // What is not empty is what the index of the search holds.
            found.append(
                """
                 and m.content <> '' and m.conversation_id not in (
                    select c.conversation_id from conversations c
                    where c.org_id = \(principal.organisationID) and c.user_id = \(principal.userID)
                        and c.test_agent_id is not null
                )
                """
            )
        }
        if let other = question.notIn { found.append(" and m.conversation_id <> \(other)") }
        if let role = question.role { found.append(" and m.role = \(role)") }
        if let agent = question.agentID { found.append(" and m.agent_id = \(agent)") }
        for word in words { found.append(" and \(Self.place(of: word)) > 0") }
        return found
    }

    /// Where a word begins in the content of an `m` of messages; 0 when it is not there. To make the letters of all
    /// languages small takes longer than to read them, so it is done only where the word has such letters.
    private static func place(of word: String) -> Query {
        let letters = word.unicodeScalars.filter(\.properties.changesWhenCaseMapped)
        if letters.isEmpty { return "strpos(m.content, \(word)::text)" }
        if letters.allSatisfy(\.isASCII) {
            return "strpos(lower(m.content collate \"C\"), lower(\(word)::text collate \"C\"))"
        }
        return "strpos(lower(m.content), lower(\(word)::text))"
    }
}

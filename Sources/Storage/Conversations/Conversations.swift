package import Engine
package import Foundation
import Postgres

extension Store {
    /// Pinned ones first, then by last activity. `search` looks into titles, summaries and tags; `isTest`: those
    /// in which agents are tried out instead of all others.
    package func conversations(
        search: String?,
        isArchived: Bool?,
        isTest: Bool = false,
        page: Page,
        by principal: Principal
    ) async throws -> Paged<Conversation> {
        let filter = ConversationFilter(search: search, isArchived: isArchived, isTest: isTest, principal: principal)
        let answers = try await batch(
            [
                "select \(filter.total) as total",
                """
                select \(Conversation.columns) from conversations c
                where \(filter.condition) order by \(ConversationFilter.order)
                limit \(page.size) offset \(page.offset)
                """,
            ],
            by: principal
        )
        return Paged(items: try answers[1].map(Conversation.init), page: page, total: try answers[0].first?.get(0) ?? 0)
    }

    /// What comes after `cursor` (nil: from the top), and the cursor for what follows, nil at the end.
    package func conversations(
        after cursor: ConversationCursor?,
        limit: Int,
        search: String? = nil,
        isArchived: Bool?,
        by principal: Principal
    ) async throws -> (items: [Conversation], next: ConversationCursor?) {
        let limit = min(max(1, limit), 100)
        let filter = ConversationFilter(search: search, isArchived: isArchived, principal: principal)
        let place: Query = cursor.map { " and \($0.condition)" } ?? ""
        let rows = try await query(
            """
            select \(Conversation.columns) from conversations c
            where \(filter.condition)\(place) order by \(ConversationFilter.order) limit \(limit + 1)
            """,
            by: principal
        )
        let next = rows.count > limit ? try ConversationCursor(rows[limit - 1]) : nil
        return (try rows.prefix(limit).map(Conversation.init), next)
    }

    /// The `data` array of `GET /v1/conversations`, written by PostgreSQL itself: no row is taken apart here.
    package func conversationsJSON(
        search: String?,
        isArchived: Bool?,
        isTest: Bool = false,
        page: Page,
        by principal: Principal
    ) async throws -> (json: String, total: Int) {
        let filter = ConversationFilter(search: search, isArchived: isArchived, isTest: isTest, principal: principal)
        let row = try await query(
            """
            select \(filter.total) as total, '[' || coalesce(string_agg(row_to_json(item)::text, ','), '') || ']' as json
            from (
                select c.conversation_id, c.title, c.summary, iso8601(c.created_at) as created_at,
                    iso8601(c.updated_at) as updated_at, iso8601(c.last_message_at) as last_message_at, c.message_count,
                    c.is_pinned, c.is_archived, c.tags, c.metadata, c.test_agent_id
                from conversations c
                where \(filter.condition) order by \(ConversationFilter.order)
                limit \(page.size) offset \(page.offset)
            ) item
            """,
            by: principal
        ).first
        return (try row?.get("json") ?? "[]", try row?.get("total") ?? 0)
    }

    /// Those that nobody has, of what a server keeps something for. Asked by the server itself.
    package func missing(conversations ids: [UUID]) async throws -> [UUID] {
        guard !ids.isEmpty else { return [] }
        return try await query(
            """
            select id from unnest(\(ids)::uuid[]) t (id)
            where not exists (select from conversations c where c.conversation_id = t.id)
            """,
            by: .system
        ).map { try $0.get("id") }
    }

    package func conversation(_ id: UUID, by principal: Principal) async throws -> Conversation? {
        try await query(
            "select \(Conversation.columns) from conversations c where \(Self.isOwn(id, principal))",
            by: principal
        ).first.map(Conversation.init)
    }

    /// Without a title it gets one from its first message. `testAgentID`: the agent that is tried out in it. Throws
    /// `.invalid("test_agent_id")` when the principal has made no such agent, `.conflict("test_agent_id")` when they try it out already.
    package func createConversation(
        title: String?,
        tags: [String] = [],
        metadata: String? = nil,
        testAgentID: UUID? = nil,
        by principal: Principal
    ) async throws -> Conversation {
        let title = try title.map { try Checks.text($0, "title", upTo: 200, allowsEmpty: true) } ?? ""
        let row = try await query(
            """
            insert into conversations as c (
                conversation_id, org_id, user_id, title, is_titled, tags, metadata, test_agent_id
            )
            select \(UUID.v7())::uuid, \(principal.organisationID)::uuid, \(principal.userID)::uuid,
                coalesce(nullif(\(title), ''), \(Conversation.untitled)), \(title != "")::boolean,
                \(try Checks.tags(tags).json)::jsonb, \(JSONText(try Checks.object(metadata ?? "{}", "metadata")))::jsonb,
                \(testAgentID)::uuid
            where \(testAgentID)::uuid is null
                or exists (select from agents a where \(Self.isMade(testAgentID, by: principal)))
            returning \(Conversation.columns)
            """,
            by: principal
        ).first
        guard let row else { throw StorageError.invalid("test_agent_id", "There is no such agent.") }
        return try Conversation(row)
    }

    /// nil leaves a field as it is. `metadata`: a JSON object in the place of the other.
    package func updateConversation(
        _ id: UUID,
        title: String? = nil,
        isPinned: Bool? = nil,
        isArchived: Bool? = nil,
        tags: [String]? = nil,
        metadata: String? = nil,
        by principal: Principal
    ) async throws -> Conversation? {
        let metadata = try metadata.map { JSONText(try Checks.object($0, "metadata")) }
        return try await query(
            """
            update conversations c set
                is_titled = is_titled or coalesce(title <> \(title), false),
                title = coalesce(\(try title.map { try Checks.text($0, "title", upTo: 200) }), title),
                is_pinned = coalesce(\(isPinned)::boolean, is_pinned),
                is_archived = coalesce(\(isArchived)::boolean, is_archived),
                tags = coalesce(\(try tags.map { try Checks.tags($0).json })::jsonb, tags),
                metadata = coalesce(\(metadata)::jsonb, metadata),
                updated_at = now()
            where \(Self.isOwn(id, principal))
            returning \(Conversation.columns)
            """,
            changing: .conversation(id),
            by: principal
        ).first.map(Conversation.init)
    }

    /// With its messages, runs and their logs.
    package func deleteConversation(_ id: UUID, by principal: Principal, address: String? = nil) async throws -> Bool {
        let deletion = Self.deletion(of: id, by: principal, address: address)
        return try await query(deletion, changing: .conversation(id), by: principal).affected == 1
    }

    static func deletion(of conversation: UUID, by principal: Principal, address: String?) -> Query {
        let entry = AuditEntry("conversation.deleted", target: conversation.text)
        return """
            with gone as (
                delete from conversations c where \(isOwn(conversation, principal)) returning c.conversation_id
            ), audited as (
                \(entry.insertion(for: "gone", by: principal, address: address))
            )
            select from gone
            """
    }

    /// The fourth law for conversations.
    static func isOwn(_ id: UUID, _ principal: Principal) -> Query {
        """
        c.conversation_id = \(id) and c.user_id = \(principal.userID) and c.org_id = \(principal.organisationID)
        """
    }
}

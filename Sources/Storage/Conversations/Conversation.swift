package import Engine
package import Foundation
import Postgres

/// A conversation without its messages.
package struct Conversation: Sendable, Equatable {
    /// The title of one that nobody has named and in which nothing was said; pages show it in the reader's language.
    package static let untitled = "New Chat"

    package var id: UUID
    package var title: String
    package var summary: String?
    package var createdAt: Date
    package var updatedAt: Date
    package var lastMessageAt: Date?
    package var isPinned: Bool
    package var isArchived: Bool
    package var messageCount: Int
    package var tags: [String]
    /// A JSON object.
    package var metadata: String
    /// The last message of the branch that is shown and gone on with; nil for the newest.
    package var leafMessageID: UUID?
    /// The agent that is tried out in it; lists do not show it among the others.
    package var testAgentID: UUID?
    /// Of the run that is under way.
    package var activeRunState: RunState?
}

extension Conversation {
    /// For a `c` of conversations.
    static let columns: Query = """
        c.conversation_id, c.title, c.summary, c.created_at, c.updated_at, c.last_message_at, c.last_activity_at,
        c.is_pinned, c.is_archived, c.message_count, c.tags, c.metadata, c.leaf_message_id, c.test_agent_id,
        (select \(activity) from runs r where r.conversation_id = c.conversation_id and r.finished_at is null
            and r.parent_run_id is null) as run_state
        """

    /// What goes on in a turn `r` that has not ended: it waits when a person is asked by any of its runs, and is at work when
    /// only its children are.
    private static let activity: Query = """
        case when r.cancel_requested_at is not null then 'stopping' when exists (
            select from tool_approvals p join runs t on t.run_id = p.run_id
            where p.org_id = r.org_id and p.user_id = r.user_id and p.state = 'pending'
                and t.root_run_id = r.root_run_id and t.finished_at is null
        ) then 'waiting' when r.state = 'waiting' then 'running' else r.state end
        """

    init(_ row: Row) throws {
        id = try row.get("conversation_id")
        title = try row.get("title")
        summary = try row.get("summary")
        createdAt = try row.get("created_at")
        updatedAt = try row.get("updated_at")
        lastMessageAt = try row.get("last_message_at")
        isPinned = try row.get("is_pinned")
        isArchived = try row.get("is_archived")
        messageCount = try row.get("message_count")
        tags = try row.texts("tags")
        metadata = try row.get("metadata")
        leafMessageID = try row.get("leaf_message_id")
        testAgentID = try row.get("test_agent_id")
        activeRunState = try row.get("run_state")
    }
}

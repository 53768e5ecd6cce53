package import Engine
package import Foundation
import Postgres

/// What was said in a conversation.
package struct Message: Sendable, Equatable {
    package var id: UUID
    /// `user`, `assistant`, `system` or `tool`.
    package var role: String
    package var content: String
    package var contentType: String
    /// A JSON object: model, provider, usage, response_time, finish_reason.
    package var modelMetadata: String?
    package var timestamp: Date
    package var isDeleted: Bool
    package var conversationID: UUID
    package var agentID: UUID?
    package var parentMessageID: UUID?
    /// The run that wrote it, or that it asked for.
    package var runID: UUID?
    /// Files that came with it, or that its run made.
    package var attachments: [AttachedFile]
    /// It says anew what another version of it said.
    package var isEdited: Bool
    /// How often it had been changed when it was said.
    package var editCount: Int
    /// What hangs beside it under the same message, itself among them, the oldest first.
    package var versions: [UUID]
}

extension Message {
    /// For an `m` of messages.
    static let columns: Query = """
        m.message_id, m.role, m.content, m.content_type, m.model_metadata, m.timestamp, m.is_deleted, m.conversation_id,
        m.agent_id, m.parent_message_id, m.run_id, m.attachments, m.is_edited, m.edit_count, (
            select coalesce(jsonb_agg(v.message_id order by v.message_id), '[]') from (
                select s.message_id from messages s
                where s.conversation_id = m.conversation_id and s.parent_message_id = m.parent_message_id
                    and not s.is_deleted
                union all
                select s.message_id from messages s
                where m.parent_message_id is null and s.conversation_id = m.conversation_id
                    and s.parent_message_id is null and not s.is_deleted
            ) v
        ) as versions
        """

    init(_ row: Row) throws {
        id = try row.get("message_id")
        role = try row.get("role")
        content = try row.get("content")
        contentType = try row.get("content_type")
        modelMetadata = try row.get("model_metadata")
        timestamp = try row.get("timestamp")
        isDeleted = try row.get("is_deleted")
        conversationID = try row.get("conversation_id")
        agentID = try row.get("agent_id")
        parentMessageID = try row.get("parent_message_id")
        runID = try row.get("run_id")
        attachments = AttachedFile.list(json: try row.get("attachments"))
        isEdited = try row.get("is_edited")
        editCount = try row.get("edit_count")
        versions = try row.texts("versions").compactMap { UUID(uuidString: $0) }
    }
}

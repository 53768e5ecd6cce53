import Engine
import Foundation
import Postgres

extension Run {
    /// As everybody is told it, for an `r` of runs: whatever one does that was asked to stop, it does to end. The column
    /// itself goes on to say whose turn it is, a worker's or the queue's.
    static let toldState: Query =
        "case when r.cancel_requested_at is not null and r.finished_at is null then 'stopping' else r.state end"

    /// For an `r` of runs.
    static let columns: Query = """
        r.run_id, r.org_id, r.user_id, r.conversation_id, r.agent_id, r.user_message_id, r.message_id, \(toldState) as state,
        r.attempt, r.error_code, r.created_at, r.finished_at, r.parent_run_id, r.root_run_id, r.depth
        """

    init(_ row: Row) throws {
        self.init(
            id: try row.get("run_id"),
            organisationID: try row.get("org_id"),
            userID: try row.get("user_id"),
            conversationID: try row.get("conversation_id"),
            agentID: try row.get("agent_id"),
            userMessageID: try row.get("user_message_id"),
            messageID: try row.get("message_id"),
            state: try row.get("state"),
            attempt: try row.get("attempt"),
            errorCode: try row.get("error_code"),
            createdAt: try row.get("created_at"),
            finishedAt: try row.get("finished_at"),
            parentRunID: try row.get("parent_run_id"),
            rootRunID: try row.get("root_run_id"),
            depth: try row.get("depth")
        )
    }
}

package import Foundation
import Postgres

/// An agent as a choice shows it: without what stands before its conversations, which may be long.
package struct AgentChoice: Sendable, Equatable {
    package var id: UUID
    package var name: String
    package var displayName: String
    package var description: String?
    package var isSystemAgent: Bool
    /// `active`, `disabled` or `archived`.
    package var status: String
}

extension AgentChoice {
    init(_ row: Row) throws {
        id = try row.get("agent_id")
        name = try row.get("name")
        displayName = try row.get("display_name")
        description = try row.get("description")
        isSystemAgent = try row.get("is_system_agent")
        status = try row.get("status")
    }
}

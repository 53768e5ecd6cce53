package import Foundation
import Postgres

/// Somebody to talk to.
package struct Agent: Sendable, Equatable {
    /// The system agent that answers where nobody else was asked for; the migrations bring it along.
    package static let assistantID = UUID(
        uuid: (0x01, 0x90, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 0x01)
    )

    /// The system agent that plans and asks all others.
    package static let orchestratorID = UUID(
        uuid: (0x01, 0x90, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 0x02)
    )

    package var id: UUID
    package var name: String
    package var displayName: String
    package var description: String?
    /// What stands before every conversation with it.
    package var instruction: String
    /// `system`, `custom` or `shared`.
    package var agentType: String
    package var isSystemAgent: Bool
    /// `active`, `disabled` or `archived`.
    package var status: String
    package var capabilities: [String]
    /// The names of those whom it may ask; the orchestrator asks everybody.
    package var team: [String]
    package var modelID: UUID?
    /// A JSON object: temperature, max_tokens, max_concurrent.
    package var parameters: String
    /// Runs in the organisation of whoever asks; so are the next two.
    package var usageCount: Int
    /// 0…1
    package var successRate: Double
    /// Seconds.
    package var averageResponseTime: Double
    package var createdAt: Date
    package var updatedAt: Date
    package var lastUsedAt: Date?
    package var userID: UUID?
    /// How often it has been changed, its making counted; 0 of the system's own.
    package var version: Int
}

extension Agent {
    /// For an `a` of agents, left-joined with its statistics as `st`.
    static let columns: Query = """
        a.agent_id, a.name, a.display_name, a.description, a.instruction, a.agent_type, a.is_system_agent, a.status,
        a.capabilities, a.team, a.model_id, a.parameters, a.created_at, a.updated_at, a.user_id, a.version,
        st.last_used_at,
        coalesce(st.usage_count, 0) as usage_count,
        coalesce(st.success_count::double precision / nullif(st.usage_count, 0), 0) as success_rate,
        coalesce(st.response_time / nullif(st.usage_count, 0), 0) as average_response_time
        """

    init(_ row: Row) throws {
        id = try row.get("agent_id")
        name = try row.get("name")
        displayName = try row.get("display_name")
        description = try row.get("description")
        instruction = try row.get("instruction")
        agentType = try row.get("agent_type")
        isSystemAgent = try row.get("is_system_agent")
        status = try row.get("status")
        capabilities = try row.texts("capabilities")
        team = try row.texts("team")
        modelID = try row.get("model_id")
        parameters = try row.get("parameters")
        usageCount = try row.get("usage_count")
        successRate = try row.get("success_rate")
        averageResponseTime = try row.get("average_response_time")
        createdAt = try row.get("created_at")
        updatedAt = try row.get("updated_at")
        lastUsedAt = try row.get("last_used_at")
        userID = try row.get("user_id")
        version = try row.get("version")
    }
}

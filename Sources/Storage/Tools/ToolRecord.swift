package import Engine
package import Foundation
import Postgres

/// A tool that agents of an organisation may be given.
package struct ToolRecord: Sendable, Equatable {
    package var id: UUID
    /// As models call it.
    package var name: String
    package var description: String
    /// A JSON Schema of an object.
    package var schema: String
    /// `builtin` for the program's own, else what kind of kept tool it is.
    package var type: String
    package var isSystemTool: Bool
    package var level: ToolLevel
    package var effect: ToolEffect
    /// Seconds that a call may take; of a kept tool.
    package var timeLimit: Int
    /// Of a kept tool: a JSON object in the shape of its kind.
    package var definition: String
    /// Who made it.
    package var userID: UUID?
    package var version: String
    package var createdAt: Date

    package init(
        id: UUID,
        name: String,
        description: String,
        schema: String,
        type: String = "builtin",
        isSystemTool: Bool = true,
        level: ToolLevel,
        effect: ToolEffect,
        timeLimit: Int = 30,
        definition: String = "{}",
        userID: UUID? = nil,
        version: String = "1.0.0",
        createdAt: Date
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.schema = schema
        self.type = type
        self.isSystemTool = isSystemTool
        self.level = level
        self.effect = effect
        self.timeLimit = timeLimit
        self.definition = definition
        self.userID = userID
        self.version = version
        self.createdAt = createdAt
    }
}

extension ToolRecord {
    /// As its maker would describe it now; nil for one that nobody made here.
    package var draft: ToolDraft? {
        guard ToolDraft.types.contains(type) else { return nil }
        return ToolDraft(
            name: name,
            description: description,
            type: type,
            schema: schema,
            level: level,
            effect: effect,
            timeLimit: timeLimit,
            definition: definition
        )
    }

    /// A JSON Schema of what agents' owners set for it, where it says.
    package var parameters: JSONValue? {
        (try? JSONValue(parsing: definition))?["parameters"].flatMap { $0.object == nil ? nil : $0 }
    }
}

extension Store {
    /// The program's and the organisation's, by name; at most 500.
    package func tools(by principal: Principal) async throws -> [ToolRecord] {
        try await query(
            "select t.* from tools t where \(Self.hasTool(principal)) order by t.name, t.org_id nulls first limit 500",
            by: principal
        ).map(ToolRecord.init)
    }

    package func tool(_ id: UUID, by principal: Principal) async throws -> ToolRecord? {
        try await query(
            "select t.* from tools t where t.tool_id = \(id) and \(Self.hasTool(principal))",
            by: principal
        ).first.map(ToolRecord.init)
    }

    /// The fourth law for a `t` of tools.
    static func hasTool(_ principal: Principal) -> Query {
        "t.is_active and (t.org_id is null or t.org_id = \(principal.organisationID))"
    }
}

extension ToolRecord {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("tool_id"),
            name: try row.get("name"),
            description: try row.get("description"),
            schema: try row.get("schema"),
            type: try row.get("tool_type"),
            isSystemTool: try row.get("is_system_tool"),
            level: ToolLevel(rawValue: try row.get("security_level")) ?? .privileged,
            effect: ToolEffect(rawValue: try row.get("effect")) ?? .effectful,
            timeLimit: try row.get("time_limit"),
            definition: try row.get("definition"),
            userID: try row.get("user_id"),
            version: try row.get("version"),
            createdAt: try row.get("created_at")
        )
    }
}

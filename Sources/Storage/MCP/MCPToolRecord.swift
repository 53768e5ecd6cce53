package import Engine
package import Foundation
import Postgres

/// A tool that a server offers or has offered.
package struct MCPToolRecord: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable {
        case approved
        /// Nobody has approved it yet.
        case new
        /// It is other than what was approved.
        case changed
        case gone
        /// It cannot be used as it is described.
        case unusable
    }

    package var id: UUID
    /// Which approval this is the subject of.
    package var version: Int
    package var tool: MCPTool
    /// As models call it.
    package var modelName: String
    package var approvedDescription: String?
    package var approvedSchema: JSONValue?
    package var approvedAt: Date?
    package var goneAt: Date?
    package var state: State

    /// One that nobody has approved yet.
    package init(id: UUID, version: Int = 1, tool: MCPTool, server: String, state: State = .new) {
        self.id = id
        self.version = version
        self.tool = tool
        self.state = state
        modelName = Self.modelName(server: server, tool: tool.name)
    }
}

extension MCPToolRecord {
    /// Of an `m` of mcp_tools.
    static let state: Query = """
        case when m.gone_at is not null then 'gone' when m.problem is not null then 'unusable'
            when m.approved_at is null then 'new'
            when (m.approved_description, m.approved_schema, m.approved_read_only)
                is distinct from (m.description, m.schema, m.is_read_only) then 'changed'
            else 'approved' end
        """

    init(_ row: Row) throws {
        let tool = MCPTool(
            kind: MCPTool.Kind(rawValue: try row.get("kind")) ?? .tool,
            name: try row.get("name"),
            description: try row.get("description"),
            schema: try JSONValue(parsing: try row.get("schema")),
            isReadOnly: try row.get("is_read_only"),
            problem: try row.get("problem")
        )
        self.init(
            id: try row.get("entry_id"),
            version: try row.get("version"),
            tool: tool,
            server: try row.get("server"),
            state: State(rawValue: try row.get("state")) ?? .new
        )
        approvedDescription = try row.get("approved_description")
        approvedSchema = try row.get("approved_schema", as: String?.self).map { try JSONValue(parsing: $0) }
        approvedAt = try row.get("approved_at")
        goneAt = try row.get("gone_at")
    }

    /// `server__tool`, in the letters that models may use and not longer than they take. A name that had to be changed for
    /// that ends in a mark of the original, so that two of them differ.
    package static func modelName(server: String, tool: String) -> String {
        let plain = String(
            tool.unicodeScalars.map { scalar in
                let isFine =
                    scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789_-".unicodeScalars.contains(scalar))
                return isFine ? Character(scalar) : "_"
            }
        )
        let whole = "\(server)__\(plain)"
        if plain == tool, whole.utf8.count <= 64 { return whole }
        let mark = tool.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let text = String(mark, radix: 36)
        return "\(whole.prefix(63 - text.count))_\(text)"
    }
}

package import Engine
package import Foundation
import Postgres

/// An MCP server as an administrator sees it: how it is reached, without its secrets, and how it is.
package struct MCPRecord: Sendable, Equatable {
    package var id: UUID
    package var name: String
    package var transport: MCPServer.Transport
    package var place: String
    package var arguments: [String] = []
    /// Where the program may go.
    package var network: [String] = []
    /// Of variables or headers that are kept for it.
    package var secretNames: [String] = []
    package var isAuthorised = false
    package var isEnabled = true
    package var isTrusted = false
    package var agents: [String] = []
    package var revision = 1
    package var state = MCPState.new
    package var stateSince: Date
    package var lastError: String?
    package var lastSeenAt: Date?
    /// Milliseconds.
    package var latency: Int?
    package var protocolVersion: String?
    package var title: String?
    package var version: String?
    package var resources: [MCPEntry] = []
    package var prompts: [MCPEntry] = []
    package var createdAt: Date
    package var counts = Counts()

    /// One that nobody has tried yet.
    package init(id: UUID, name: String, transport: MCPServer.Transport, place: String, createdAt: Date) {
        self.id = id
        self.name = name
        self.transport = transport
        self.place = place
        self.createdAt = createdAt
        stateSince = createdAt
    }

    /// Of its tools.
    package struct Counts: Sendable, Equatable {
        package var usable: Int
        /// New or changed.
        package var waiting: Int
        package var gone: Int

        package init(usable: Int = 0, waiting: Int = 0, gone: Int = 0) {
            self.usable = usable
            self.waiting = waiting
            self.gone = gone
        }
    }
}

extension MCPRecord {
    /// For an `s` of mcp_servers.
    static let columns: Query = """
        s.server_id, s.name, s.transport, s.place, s.arguments, s.network, s.secret_names, s.is_authorised,
        s.is_enabled, s.is_trusted, s.agents, s.revision, s.state, s.state_since, s.last_error, s.last_seen_at, s.latency_ms,
        s.protocol_version, s.title, s.version, s.resources::text, s.prompts::text, s.created_at,
        (select count(*) from mcp_tools m where m.server_id = s.server_id and \(MCPToolRecord.state) = 'approved') as usable,
        (
            select count(*) from mcp_tools m
            where m.server_id = s.server_id and \(MCPToolRecord.state) in ('new', 'changed')
        ) as waiting,
        (select count(*) from mcp_tools m where m.server_id = s.server_id and \(MCPToolRecord.state) = 'gone') as gone
        """

    init(_ row: Row) throws {
        self.init(
            id: try row.get("server_id"),
            name: try row.get("name"),
            transport: MCPServer.Transport(rawValue: try row.get("transport")) ?? .http,
            place: try row.get("place"),
            createdAt: try row.get("created_at")
        )
        arguments = try row.get("arguments")
        network = try row.get("network")
        secretNames = try row.get("secret_names")
        isAuthorised = try row.get("is_authorised")
        isEnabled = try row.get("is_enabled")
        isTrusted = try row.get("is_trusted")
        agents = try row.get("agents")
        revision = try row.get("revision")
        state = MCPState(rawValue: try row.get("state")) ?? .new
        stateSince = try row.get("state_since")
        lastError = try row.get("last_error")
        lastSeenAt = try row.get("last_seen_at")
        latency = try row.get("latency_ms")
        protocolVersion = try row.get("protocol_version")
        title = try row.get("title")
        version = try row.get("version")
        resources = try Self.entries(row.get("resources"))
        prompts = try Self.entries(row.get("prompts"))
        counts = Counts(usable: try row.get("usable"), waiting: try row.get("waiting"), gone: try row.get("gone"))
    }

    private static func entries(_ json: String) throws -> [MCPEntry] {
        (try JSONValue(parsing: json).array ?? []).map {
            MCPEntry(
                name: $0["name"]?.string ?? "",
                address: $0["address"]?.string ?? "",
                description: $0["description"]?.string ?? ""
            )
        }
    }
}

extension MCPRecord {
    static let audited = AuditedTable(
        name: "mcp_server",
        table: "mcp_servers",
        key: "server_id",
        fields: """
            jsonb_build_object(
                'name', x.name, 'transport', x.transport, 'place', x.place, 'arguments', x.arguments,
                'network', x.network, 'secret_names', x.secret_names, 'is_enabled', x.is_enabled,
                'is_trusted', x.is_trusted, 'agents', x.agents
            )
            """
    )
}

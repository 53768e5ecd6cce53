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

/// How a server is reached, as an administrator enters it.
package struct MCPDraft: Sendable, Equatable {
    package var name: String
    package var transport: MCPServer.Transport
    package var place: String
    package var arguments: [String]
    /// What is nil keeps the value that is stored under the name.
    package var secrets: [String: Secret?]
    package var isEnabled: Bool
    package var isTrusted: Bool
    package var agents: [String]

    package init(
        name: String,
        transport: MCPServer.Transport,
        place: String,
        arguments: [String] = [],
        secrets: [String: Secret?] = [:],
        isEnabled: Bool = true,
        isTrusted: Bool = false,
        agents: [String] = ["assistant"]
    ) {
        self.name = name
        self.transport = transport
        self.place = place
        self.arguments = arguments
        self.secrets = secrets
        self.isEnabled = isEnabled
        self.isTrusted = isTrusted
        self.agents = agents
    }
}

extension MCPDraft {
    private static let mostSecrets = 30

    /// Throws `.invalid` with the field that cannot be kept.
    func checked() throws -> MCPDraft {
        var draft = self
        draft.name = try Checks.text(name, "name", upTo: 24)
        guard draft.name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_-]*/) != nil, !draft.name.contains("__") else {
            throw StorageError.invalid("name", "Use letters, digits, _ and -, a letter first, no two _ in a row.")
        }
        draft.place = try Checks.text(place, "place", upTo: 2000)
        switch transport {
        case .stdio:
            guard draft.place.hasPrefix("/") else {
                throw StorageError.invalid("place", "The absolute path of a program.")
            }
        case .http:
            guard draft.place.wholeMatch(of: /https?:\/\/[^\/?#\s]+[^\s]*/) != nil else {
                throw StorageError.invalid("place", "An address that begins with https:// or http://.")
            }
        }
        guard arguments.count <= 100 else { throw StorageError.invalid("arguments", "At most 100.") }
        draft.arguments = try arguments.map { try Checks.text($0, "arguments", upTo: 4000, allowsEmpty: true) }
        guard secrets.count <= Self.mostSecrets else {
            throw StorageError.invalid("secrets", "At most \(Self.mostSecrets).")
        }
        for (name, value) in secrets { try check(name, value) }
        return draft
    }

    private func check(_ name: String, _ value: Secret?) throws {
        let isName =
            transport == .stdio
            ? name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]{0,99}/) != nil
            : name.wholeMatch(of: /[A-Za-z][A-Za-z0-9-]{0,99}/) != nil
        guard isName else {
            throw StorageError.invalid("secrets", "\(name.prefix(40)) is no name that can be used here.")
        }
        guard let value = value?.reveal() else { return }
        let isPlain = !value.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        guard isPlain, value.utf8.count <= 8000 else {
            throw StorageError.invalid("secrets", "The value of \(name) is too long, or more than a line.")
        }
    }
}

extension MCPRecord {
    /// For an `s` of mcp_servers.
    static let columns: Query = """
        s.server_id, s.name, s.transport, s.place, s.arguments, s.secret_names, s.oauth_encrypted is not null as is_authorised,
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

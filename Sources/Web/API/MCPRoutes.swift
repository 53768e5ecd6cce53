import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/mcp-servers`: where tools come from over the Model Context Protocol. For administrators; secrets go in and never come
/// out.
struct MCPRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/mcp-servers",
            .mcp,
            "Lists MCP servers",
            access: .superuser,
            query: QueryField.page,
            replies: [.page(.mcpServer)],
            use: list
        )
        Endpoint(
            .post,
            "/v1/mcp-servers",
            .mcp,
            "Adds an MCP server",
            access: .superuser,
            body: .json(
                Draft.self,
                [
                    "name": .length(1...24), "transport": .schema(.choice(MCPServer.Transport.self)),
                    "place": .length(
                        1...2000,
                        "An address, or an absolute path of a program that the configuration allows."
                    ), "secrets": .about("Environment or headers by name; null for a value that stays."),
                ]
            ),
            replies: [.object(.mcpServer, .created)],
            errors: [.conflict],
            use: create
        )
        Endpoint(
            .get,
            "/v1/mcp-servers/{id}",
            .mcp,
            "Shows an MCP server with what it offers",
            access: .superuser,
            replies: [.object(.mcpServerDetail)],
            use: show
        )
        Endpoint(
            .patch,
            "/v1/mcp-servers/{id}",
            .mcp,
            "Changes an MCP server",
            about: "What is left out stays; `secrets` is the whole object. Name and transport stay as they are.",
            access: .superuser,
            body: .json(
                Draft.self,
                [
                    "name": .length(1...24), "transport": .schema(.choice(MCPServer.Transport.self)),
                    "place": .length(
                        1...2000,
                        "An address, or an absolute path of a program that the configuration allows."
                    ), "secrets": .about("Environment or headers by name; null for a value that stays."),
                ]
            ),
            replies: [.object(.mcpServer)],
            errors: [.conflict],
            use: update
        )
        Endpoint(.delete, "/v1/mcp-servers/{id}", .mcp, "Removes an MCP server", access: .superuser, use: delete)
        Endpoint(
            .post,
            "/v1/mcp-servers/{id}/test",
            .mcp,
            "Connects to an MCP server",
            about: "Which runs its program. The answer is the server with what it offers now.",
            access: .superuser,
            replies: [.object(.mcpServerDetail)],
            errors: [.badGateway],
            use: test
        )
        Endpoint(
            .post,
            "/v1/mcp-servers/{id}/approvals",
            .mcp,
            "Lets agents use tools as they were looked at",
            about: "All that wait, when none are named.",
            access: .superuser,
            body: .json(Approval.self),
            replies: [.object(.mcpServerDetail)],
            use: approve
        )
    }

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let page = try await services.store.mcpServers(
            page: try context.page(of: request),
            by: identity.principal
        )
        return Envelope.page(page.items.map(\.representation), page.page, total: page.total, context: context)
    }

    /// `{"name", "transport": "stdio"|"http", "place", "arguments": […], "secrets": {NAME: value}, "is_trusted", "agents"}`.
    func create(_ input: Draft, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        guard let name = input.name else { throw WebError.invalid("name", "This field is needed.") }
        guard let transport = input.transport.flatMap(MCPServer.Transport.init) else {
            throw WebError.invalid("transport", "Use stdio or http.")
        }
        guard let place = input.place else { throw WebError.invalid("place", "This field is needed.") }
        let draft = input.applied(to: MCPDraft(name: name, transport: transport, place: place))
        let made = try await services.createMCPServer(draft, by: identity.principal, address: context.remoteAddress)
        return Envelope.success(made.representation, status: .created, context: context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        return try await answer(context.identifier("id"), identity, context)
    }

    /// What is left out stays; `secrets` is the whole object, with `null` for a value that stays.
    func update(_ input: Draft, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let id = try context.identifier("id")
        guard let known = try await services.store.mcpServer(id, by: identity.principal) else {
            throw WebError.notFound
        }
        let draft = input.applied(to: MCPDraft(known))
        let saved = try await services.updateMCPServer(
            id,
            draft,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard let saved else { throw WebError.notFound }
        return Envelope.success(saved.representation, context: context)
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let isDeleted = try await services.deleteMCPServer(
            context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isDeleted else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }

    /// Connects, which runs the program; the answer is the server with its tools and how it is now.
    func test(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let id = try context.identifier("id")
        let outcome = try await services.probeMCPServer(id, by: identity.principal, address: context.remoteAddress)
        guard let outcome else { throw WebError.notFound }
        if case .failed(let failure) = outcome {
            throw WebError(.badGateway, failure.message, specificCode: failure.code)
        }
        return try await answer(id, identity, context)
    }

    struct Approval: Decodable, Sendable {
        struct Entry: Decodable {
            var id: UUID
            var version: Int
        }

        var tools: [Entry]?
    }

    /// `{"tools": [{"id", "version"}]}`: lets agents use these as they were looked at; all that wait when it is left out.
    func approve(_ input: Approval, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let id = try context.identifier("id")
        let waiting = try await services.store.mcpTools(of: id, by: identity.principal)
        let entries = input.tools.map { $0.map { ($0.id, $0.version) } } ?? waiting.map { ($0.id, $0.version) }
        let count = try await services.approveMCPTools(
            entries,
            of: id,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard count != nil else { throw WebError.notFound }
        return try await answer(id, identity, context)
    }

    private func answer(_ id: UUID, _ identity: Identity, _ context: WebContext) async throws -> Response {
        guard let server = try await services.store.mcpServer(id, by: identity.principal) else {
            throw WebError.notFound
        }
        let tools = try await services.store.mcpTools(of: id, by: identity.principal)
        var object = server.representation
        object.set("tools", tools.map(\.representation))
        object.set("resources", server.resources.map(\.representation))
        object.set("prompts", server.prompts.map(\.representation))
        return Envelope.success(object, context: context)
    }

    struct Draft: Decodable, Sendable {
        var name: String?
        var transport: String?
        var place: String?
        var arguments: [String]?
        var secrets: [String: String?]?
        var isEnabled: Bool?
        var isTrusted: Bool?
        var agents: [String]?

        func applied(to draft: MCPDraft) -> MCPDraft {
            var draft = draft
            if let place { draft.place = place }
            if let arguments { draft.arguments = arguments }
            if let secrets { draft.secrets = secrets.mapValues { $0.map { Secret($0) } } }
            if let isEnabled { draft.isEnabled = isEnabled }
            if let isTrusted { draft.isTrusted = isTrusted }
            if let agents { draft.agents = agents }
            return draft
        }
    }
}

extension MCPDraft {
    /// As it is, all its secrets kept.
    init(_ record: MCPRecord) {
        self.init(
            name: record.name,
            transport: record.transport,
            place: record.place,
            arguments: record.arguments,
            secrets: Dictionary(uniqueKeysWithValues: record.secretNames.map { ($0, nil) }),
            isEnabled: record.isEnabled,
            isTrusted: record.isTrusted,
            agents: record.agents
        )
    }
}

extension MCPFailure {
    /// For programs.
    var code: String {
        switch kind {
        case .connection, .sessionGone: "MCP_UNREACHABLE"
        case .unauthorised: "MCP_UNAUTHORISED"
        case .refused: "MCP_REFUSED"
        case .off: "MCP_OFF"
        }
    }
}

extension MCPRecord {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("server_id", id)
            $0.set("name", name)
            $0.set("transport", transport.rawValue)
            $0.set("place", place)
            $0.set("arguments", arguments)
            $0.set("secret_names", secretNames)
            $0.set("is_authorised", isAuthorised)
            $0.set("is_enabled", isEnabled)
            $0.set("is_trusted", isTrusted)
            $0.set("agents", agents)
            $0.set("state", state.rawValue)
            $0.set("state_since", stateSince)
            $0.set("last_error", lastError)
            $0.set("last_seen_at", lastSeenAt)
            $0.set("latency_ms", latency)
            $0.set("protocol_version", protocolVersion)
            $0.set("title", title)
            $0.set("version", version)
            $0.set("tools_usable", counts.usable)
            $0.set("tools_waiting", counts.waiting)
            $0.set("tools_gone", counts.gone)
            $0.set("created_at", createdAt)
        }
    }
}

extension MCPToolRecord {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("id", id)
            $0.set("version", version)
            $0.set("name", tool.name)
            $0.set("tool_name", modelName)
            $0.set("kind", tool.kind.rawValue)
            $0.set("description", tool.description)
            $0.raw("schema", tool.schema.text)
            $0.set("is_read_only", tool.isReadOnly)
            $0.set("state", state.rawValue)
            $0.set("problem", tool.problem)
            $0.set("approved_description", approvedDescription)
            $0.set("approved_at", approvedAt)
            $0.set("gone_at", goneAt)
        }
    }
}

extension MCPEntry {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("name", name)
            $0.set("address", address)
            $0.set("description", description)
        }
    }
}

extension Schema {
    fileprivate static let mcpServer = object(
        "MCPServer",
        [
            .uuid("server_id"), .text("name"), .field("transport", .choice(MCPServer.Transport.self)), .text("place"),
            .list("arguments"), .list("secret_names"), .flag("is_authorised"), .flag("is_enabled"),
            .flag("is_trusted"), .list("agents"), .field("state", .choice(MCPState.self)), .date("state_since"),
            .text("last_error").orNull, .date("last_seen_at").orNull, .integer("latency_ms").orNull,
            .text("protocol_version").orNull, .text("title").orNull, .text("version").orNull,
            .integer("tools_usable"), .integer("tools_waiting"), .integer("tools_gone"), .date("created_at"),
        ]
    )

    fileprivate static let mcpServerDetail = mcpServer.adding(
        "MCPServerDetail",
        [.list("tools", of: mcpTool), .list("resources", of: mcpEntry), .list("prompts", of: mcpEntry)]
    )

    private static let mcpTool = object(
        "MCPTool",
        [
            .uuid("id"), .integer("version"), .text("name"), .text("tool_name"), .text("kind"), .text("description"),
            .field("schema", .map), .flag("is_read_only"), .text("state"), .text("problem").orNull,
            .text("approved_description").orNull, .date("approved_at").orNull, .date("gone_at").orNull,
        ]
    )

    private static let mcpEntry = object("MCPEntry", [.text("name"), .text("address"), .text("description").orNull])
}

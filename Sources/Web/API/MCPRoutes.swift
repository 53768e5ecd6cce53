import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/mcp-servers`: where tools come from over the Model Context Protocol. For administrators; secrets go in and never come
/// out.
struct MCPRoutes: Sendable {
    private static let fields: [String: SchemaRecorder.Hint] = [
        "name": .length(1...24), "transport": .schema(.choice(MCPServer.Transport.self)),
        "place": .length(1...2000, "An address, or an absolute path of a program that the configuration allows."),
        "network": .about("Where a program may go, such as `example.org` or `github`."),
        "secrets": .about("Environment or headers by name; null for a value that stays."),
    ]

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
            body: .json(Draft.self, Self.fields),
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
            body: .json(Draft.self, Self.fields),
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

    /// `{"name", "transport": "stdio"|"http", "place", "arguments": […], "network": […], "secrets": {NAME: value}, "is_trusted", "agents"}`.
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
            throw WebError(.badGateway, failure.message, specificCode: failure.code.rawValue)
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
        return Envelope.success(object, counting: server.bare, context: context)
    }

    struct Draft: Decodable, Sendable {
        var name: String?
        var transport: String?
        var place: String?
        var arguments: [String]?
        var network: [String]?
        var secrets: [String: String?]?
        var isEnabled: Bool?
        var isTrusted: Bool?
        var agents: [String]?

        func applied(to draft: MCPDraft) -> MCPDraft {
            var draft = draft
            if let place { draft.place = place }
            if let arguments { draft.arguments = arguments }
            if let network { draft.network = network }
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
            network: record.network,
            secrets: Dictionary(uniqueKeysWithValues: record.secretNames.map { ($0, nil) }),
            isEnabled: record.isEnabled,
            isTrusted: record.isTrusted,
            agents: record.agents
        )
    }
}

extension MCPFailure {
    /// For programs.
    enum Code: String, CaseIterable {
        case unreachable = "MCP_UNREACHABLE"
        case unauthorised = "MCP_UNAUTHORISED"
        case refused = "MCP_REFUSED"
        case off = "MCP_OFF"
    }

    var code: Code {
        switch kind {
        case .connection, .sessionGone: .unreachable
        case .unauthorised: .unauthorised
        case .refused: .refused
        case .off: .off
        }
    }
}

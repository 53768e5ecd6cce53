import Engine
import Foundation
import Hummingbird
import Storage

/// For administrators: MCP servers, how they are, and what of their tools agents may use.
struct MCPPages: Sendable {
    let desk: Desk

    private var services: WebServices { desk.services }

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let voice = try desk.voice(context)
        let view = MCPServersView(
            page: desk.frame(voice.words["mcp.title"], .admin, request: request, context: context, voice: voice),
            servers: try await desk.store.mcpServers(by: identity.principal),
            voice: voice
        )
        return try desk.page(view, context: context)
    }

    func new(_ request: Request, context: WebContext) async throws -> Response {
        try await form(request, context: context, input: MCPInput(), known: nil)
    }

    func create(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let voice = try desk.voice(context)
        var input = MCPInput(try await request.decodeForm(), voice: voice)
        if input.errors.isEmpty {
            do {
                let made = try await services.createMCPServer(
                    input.server,
                    by: identity.principal,
                    address: context.remoteAddress
                )
                return .redirect(to: "/admin/mcp/\(made.id.text)", done: .saved)
            } catch let error as StorageError {
                try input.add(error, voice: voice)
            }
        }
        return try await form(request, context: context, input: input, known: nil)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let (server, principal) = try await server(context)
        let voice = try desk.voice(context)
        let view = MCPServerView(
            page: desk.frame(server.name, .admin, request: request, context: context, voice: voice),
            server: server,
            tools: try await desk.store.mcpTools(of: server.id, by: principal),
            voice: voice
        )
        return try desk.page(view, context: context)
    }

    func edit(_ request: Request, context: WebContext) async throws -> Response {
        let (server, _) = try await server(context)
        return try await form(request, context: context, input: MCPInput(server), known: server)
    }

    func save(_ request: Request, context: WebContext) async throws -> Response {
        let (server, principal) = try await server(context)
        let voice = try desk.voice(context)
        var input = MCPInput(try await request.decodeForm(), voice: voice)
        input.draft.name = server.name
        input.draft.transport = server.transport
        if input.errors.isEmpty {
            do {
                let saved = try await services.updateMCPServer(
                    server.id,
                    input.server,
                    by: principal,
                    address: context.remoteAddress
                )
                guard saved != nil else { throw WebError.notFound }
                return .redirect(to: address(of: server), done: .saved)
            } catch let error as StorageError {
                try input.add(error, voice: voice)
            }
        }
        return try await form(request, context: context, input: input, known: server)
    }

    /// The page tells what came of it.
    func test(_ request: Request, context: WebContext) async throws -> Response {
        let (server, principal) = try await server(context)
        let outcome = try await services.probeMCPServer(server.id, by: principal, address: context.remoteAddress)
        guard case .connected = outcome else { return .redirect(to: address(of: server)) }
        return .redirect(to: address(of: server), done: .tested)
    }

    func approve(_ request: Request, context: WebContext) async throws -> Response {
        let (server, principal) = try await server(context)
        let entries = try await request.decodeForm().all("tool").compactMap { value -> (id: UUID, version: Int)? in
            let parts = value.split(separator: ":")
            guard parts.count == 2, let id = UUID(uuidString: String(parts[0])), let version = Int(parts[1]) else {
                return nil
            }
            return (id, version)
        }
        _ = try await services.approveMCPTools(entries, of: server.id, by: principal, address: context.remoteAddress)
        return .redirect(to: address(of: server), done: .approved)
    }

    func askToDelete(_ request: Request, context: WebContext) async throws -> Response {
        let (server, _) = try await server(context)
        let voice = try desk.voice(context)
        let question = voice.words("mcp.deleteQuestion", ["name": server.name])
        return try desk.askToDelete(
            question,
            text: voice.words["mcp.deleteText"],
            .admin,
            action: address(of: server) + "/deletion",
            back: address(of: server),
            request: request,
            context: context
        )
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let (server, principal) = try await server(context)
        _ = try await services.deleteMCPServer(server.id, by: principal, address: context.remoteAddress)
        return .redirect(to: "/admin/mcp", done: .deleted)
    }

    private func address(of server: MCPRecord) -> String { "/admin/mcp/\(server.id.text)" }

    private func server(_ context: WebContext) async throws -> (MCPRecord, Principal) {
        let identity = try context.superuser()
        let found = try await desk.store.mcpServer(context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        return (found, identity.principal)
    }

    private func form(
        _ request: Request,
        context: WebContext,
        input: MCPInput,
        known: MCPRecord?
    ) async throws -> Response {
        let identity = try context.superuser()
        let voice = try desk.voice(context)
        let title = known?.name ?? voice.words["mcp.add"]
        let agents = try await desk.choices(by: identity.principal).agents.filter(\.isSystemAgent)
        let view = MCPFormView(
            page: desk.frame(title, .admin, request: request, context: context, voice: voice),
            input: input,
            known: known,
            agents: agents.map {
                Option(value: $0.name, label: $0.title(voice: voice), isChosen: input.draft.agents.contains($0.name))
            },
            programs: services.mcp?.programs ?? [],
            voice: voice
        )
        return try desk.page(view, context: context, status: input.errors.isEmpty ? .ok : .unprocessableContent)
    }
}

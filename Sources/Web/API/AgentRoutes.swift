import Engine
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// `/v1/agents`: who can be talked to, and making one's own.
struct AgentRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/agents",
            .agents,
            "Lists agents",
            query: [Self.type.field, Self.status.field] + QueryField.page,
            replies: [.page(.agent)],
            use: list
        )
        Endpoint(
            .post,
            "/v1/agents",
            .agents,
            "Makes an agent",
            body: .json(
                NewAgent.self,
                [
                    "name": .length(1...100), "display_name": .length(1...100), "description": .length(0...500),
                    "instruction": .length(1...100_000), "status": .schema(.choice(Status.self)),
                ]
            ),
            replies: [.object(.agent, .created)],
            errors: [.conflict],
            use: create
        )
        Endpoint(.get, "/v1/agents/{id}", .agents, "Shows an agent", replies: [.object(.agent)], use: show)
        Endpoint(
            .patch,
            "/v1/agents/{id}",
            .agents,
            "Changes an agent",
            about:
                "What is left out stays, also as somebody else changes it meanwhile; 409 says that this happened again and again.",
            body: .json(
                AgentChange.self,
                [
                    "name": .length(1...100), "display_name": .length(1...100), "description": .length(0...500),
                    "instruction": .length(1...100_000), "status": .schema(.choice(Status.self)),
                ]
            ),
            replies: [.object(.agent)],
            errors: [.conflict],
            use: update
        )
        Endpoint(.delete, "/v1/agents/{id}", .agents, "Removes an agent", use: delete)
    }

    private enum Kind: String, CaseIterable { case system, custom, shared }
    private enum Status: String, CaseIterable { case active, disabled }
    private static let type = QueryParameter<Kind>.choice(
        "type",
        "Those that come with the program, that people made for themselves, or that they share."
    )
    private static let status = QueryParameter<Status>.choice("status", "Those that can be talked to, or that cannot.")

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let page = try context.page(of: request)
        let agents = try await services.store.agents(
            type: context.query(Self.type, of: request)?.rawValue,
            status: context.query(Self.status, of: request)?.rawValue,
            page: page,
            by: identity.principal
        )
        return Envelope.page(agents.items.map(\.representation), page, total: agents.total, context: context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard let agent = try await services.store.agent(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        return Envelope.success(agent.representation, counting: agent.bare, context: context)
    }

    struct NewAgent: Decodable, Sendable {
        var name: String
        var displayName: String?
        var description: String?
        var instruction: String
        var modelId: UUID?
        var capabilities: [String]?
        var team: [String]?
        var tools: [String]?
        var isShared: Bool?
        var status: String?
        var parameters: OwnObject?
    }

    func create(_ input: NewAgent, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let draft = AgentDraft(
            name: input.name,
            displayName: input.displayName ?? input.name,
            description: input.description,
            instruction: input.instruction,
            modelID: input.modelId,
            capabilities: input.capabilities ?? [],
            team: input.team ?? [],
            tools: input.tools ?? [],
            parameters: input.parameters?.text ?? "{}",
            isShared: input.isShared ?? false,
            isActive: try Self.isActive(input.status) ?? true
        )
        let agent = try await services.store.createAgent(draft, by: identity.principal)
        return Envelope.success(agent.representation, status: .created, context: context)
    }

    struct AgentChange: Decodable, Sendable {
        var name: String?
        var displayName: String?
        @Change var description: String??
        var instruction: String?
        @Change var modelId: UUID??
        var capabilities: [String]?
        var team: [String]?
        var tools: [String]?
        var isShared: Bool?
        var status: String?
        @Change var parameters: OwnObject??
    }

    /// Changes what the body names.
    func update(_ input: AgentChange, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard let agent = try await changed(context.identifier("id"), input, by: identity.principal) else {
            throw WebError.notFound
        }
        return Envelope.success(agent.representation, context: context)
    }

    /// The agent as it is now, with what the body names, and the same again where somebody else was faster.
    private func changed(_ id: UUID, _ input: AgentChange, by principal: Principal) async throws -> Agent? {
        var attempt = 0
        while true {
            attempt += 1
            // The version comes first: what comes between is found out when it is written.
            guard let version = try await services.store.agent(id, by: principal)?.version,
                var draft = try await services.store.agentDraft(id, by: principal)
            else { return nil }
            try input.change(&draft)
            do {
                return try await services.store.updateAgent(id, draft, at: version, by: principal)
            } catch let error as StorageError where error.code == .conflict("version") && attempt < 5 {
                // Read again, and changed as it stands then.
            }
        }
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let isDeleted = try await services.deleteAgent(
            context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isDeleted else {
            throw WebError.notFound
        }
        return Envelope.noContent(context: context)
    }

    fileprivate static func isActive(_ status: String?) throws(WebError) -> Bool? {
        switch status {
        case nil: nil
        case "active": true
        case "disabled": false
        default: throw .invalid("status", "Use active or disabled.")
        }
    }
}

extension AgentRoutes.AgentChange {
    fileprivate func change(_ draft: inout AgentDraft) throws(WebError) {
        draft.name = name ?? draft.name
        draft.displayName = displayName ?? draft.displayName
        if let description { draft.description = description }
        draft.instruction = instruction ?? draft.instruction
        if let modelId { draft.modelID = modelId }
        draft.capabilities = capabilities ?? draft.capabilities
        draft.team = team ?? draft.team
        draft.tools = tools ?? draft.tools
        if let parameters { draft.parameters = parameters?.text ?? "{}" }
        draft.isShared = isShared ?? draft.isShared
        if let isActive = try AgentRoutes.isActive(status) { draft.isActive = isActive }
    }
}

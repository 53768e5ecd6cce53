import Foundation
import Hummingbird
import NIOCore
import Storage

/// `/v1/agents`: who can be talked to, and making one's own.
struct AgentRoutes: Sendable {
    let services: WebServices

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let query = QueryReader(request)
        let page = try query.page()
        let agents = try await services.store.agents(
            type: query.text("type"),
            status: query.text("status"),
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
        return Envelope.success(agent.representation, context: context)
    }

    func create(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable {
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
        }
        let identity = try context.signedIn()
        let (input, body) = try await request.decodeJSONAndBody(Input.self, context: context)
        let draft = AgentDraft(
            name: input.name,
            displayName: input.displayName ?? input.name,
            description: input.description,
            instruction: input.instruction,
            modelID: input.modelId,
            capabilities: input.capabilities ?? [],
            team: input.team ?? [],
            tools: input.tools ?? [],
            parameters: try JSONPart.object("parameters", of: body) ?? "{}",
            isShared: input.isShared ?? false,
            isActive: try Self.isActive(input.status) ?? true
        )
        let agent = try await services.store.createAgent(draft, by: identity.principal)
        return Envelope.success(agent.representation, status: .created, context: context)
    }

    /// Changes what the body names.
    func update(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable {
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
        }
        let (identity, id) = (try context.signedIn(), try context.identifier("id"))
        let (input, body) = try await request.decodeJSONAndBody(Input.self, context: context)
        guard var draft = try await services.store.agentDraft(id, by: identity.principal) else {
            throw WebError.notFound
        }
        draft.name = input.name ?? draft.name
        draft.displayName = input.displayName ?? draft.displayName
        if let description = input.description { draft.description = description }
        draft.instruction = input.instruction ?? draft.instruction
        if let model = input.modelId { draft.modelID = model }
        draft.capabilities = input.capabilities ?? draft.capabilities
        draft.team = input.team ?? draft.team
        draft.tools = input.tools ?? draft.tools
        if let parameters = try JSONPart.change(of: "parameters", in: body) { draft.parameters = parameters ?? "{}" }
        draft.isShared = input.isShared ?? draft.isShared
        draft.isActive = try Self.isActive(input.status) ?? draft.isActive
        guard let agent = try await services.store.updateAgent(id, draft, by: identity.principal) else {
            throw WebError.notFound
        }
        return Envelope.success(agent.representation, context: context)
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard try await services.store.deleteAgent(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        return Envelope.noContent(context: context)
    }

    private static func isActive(_ status: String?) throws(WebError) -> Bool? {
        switch status {
        case nil: nil
        case "active": true
        case "disabled": false
        default: throw .invalid("status", "Use active or disabled.")
        }
    }
}

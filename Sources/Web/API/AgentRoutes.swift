import Hummingbird
import Storage

/// `/v1/agents`: who can be talked to.
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
}

import Engine
import Foundation
import Hummingbird
import Storage

/// The tools, to be looked at, and what an organisation lets all agents do with them.
struct ToolPages: Sendable {
    let desk: Desk

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        async let tools = desk.store.tools(by: identity.principal)
        async let use = desk.store.toolUse(by: identity.principal)
        async let rules = desk.store.organisationPolicies(by: identity.principal)
        async let own = desk.store.ownPolicies(by: identity.principal)
        let mayDecide = try await desk.store.leads(identity.principal)
        let view = ToolsView(
            page: desk.frame(voice.words["tools.title"], .agents, request: request, context: context, voice: voice),
            tools: try await tools,
            use: try await use,
            rules: try await rules,
            own: try await own,
            people: mayDecide ? try await people(identity) : [],
            agents: mayDecide ? try await agents(identity, voice) : [:],
            mayDecide: mayDecide,
            mayMake: try await desk.store.makesTools(identity.principal),
            membersMake: try await desk.store.membersMakeTools(by: identity.principal),
            voice: voice
        )
        return try desk.page(view, context: context)
    }

    /// Of whom a rule can speak.
    private func people(_ identity: Identity) async throws -> [OrganisationMember] {
        guard let organisation = identity.principal.organisationID else { return [] }
        return try await desk.store.members(of: organisation, by: identity.principal) ?? []
    }

    /// What they are called whom a rule can name.
    private func agents(_ identity: Identity, _ voice: Voice) async throws -> [UUID: String] {
        let agents = try await desk.store.agentsToChoose(by: identity.principal)
        return Dictionary(agents.items.map { ($0.id, $0.title(voice: voice)) }) { first, _ in first }
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        return try await page(request, context: context, identity: identity, id: try context.identifier("id"))
    }

    /// With what came of a trial, where there was one.
    func page(
        _ request: Request,
        context: WebContext,
        identity: Identity,
        id: UUID,
        trial: ToolView.TrialDraft? = nil
    ) async throws -> Response {
        let voice = try desk.voice(context)
        guard let tool = try await desk.store.tool(id, by: identity.principal) else { throw WebError.notFound }
        let rules = try await desk.store.organisationPolicies(by: identity.principal)
        let view = ToolView(
            page: desk.frame(tool.name, .agents, request: request, context: context, voice: voice),
            tool: tool,
            use: try await desk.store.toolUse(tool: tool.name, by: identity.principal),
            rule: rules.first { $0.isForAll && $0.toolName == tool.name },
            mayDecide: try await desk.store.leads(identity.principal),
            versions: try await desk.store.toolVersions(of: tool.id, by: identity.principal),
            mayChange: try await desk.store.mayChange(tool, by: identity.principal),
            trial: trial ?? .init(),
            voice: voice
        )
        return try desk.page(view, context: context)
    }
}

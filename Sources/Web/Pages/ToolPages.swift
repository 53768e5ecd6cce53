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
        let view = ToolsView(
            page: desk.frame(voice.words["tools.title"], .agents, request: request, context: context, voice: voice),
            tools: try await tools,
            use: try await use,
            rules: try await rules,
            mayDecide: try await desk.store.leads(identity.principal),
            mayMake: try await desk.store.makesTools(identity.principal),
            membersMake: try await desk.store.membersMakeTools(by: identity.principal),
            voice: voice
        )
        return try desk.page(view, context: context)
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
            rule: rules.first { $0.toolName == tool.name && $0.level == nil && $0.agentID == nil },
            mayDecide: try await desk.store.leads(identity.principal),
            versions: try await desk.store.toolVersions(of: tool.id, by: identity.principal),
            mayChange: try await desk.store.mayChange(tool, by: identity.principal),
            trial: trial ?? .init(),
            voice: voice
        )
        return try desk.page(view, context: context)
    }

    /// For each level a choice, empty for none.
    func setLevels(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let form = try await request.decodeForm()
        let rules = try await desk.store.organisationPolicies(by: identity.principal)
        for level in ToolLevel.allCases where form.has("level.\(level.rawValue)") {
            let chosen = ToolPolicy.Decision(rawValue: form["level.\(level.rawValue)"])
            let rule = rules.first { $0.level == level && $0.toolName == nil && $0.agentID == nil }
            guard chosen != rule?.decision else { continue }
            try await set(chosen, level: level, identity: identity, context: context)
        }
        return .redirect(to: "/tools", done: .saved, anchor: "policies")
    }

    func setPolicy(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard let tool = try await desk.store.tool(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        let chosen = ToolPolicy.Decision(rawValue: try await request.decodeForm()["decision"])
        try await set(chosen, tool: tool.name, identity: identity, context: context)
        return .redirect(to: "/tools/\(tool.id.text)", done: .saved, anchor: "policy")
    }

    private func set(
        _ decision: ToolPolicy.Decision?,
        tool: String? = nil,
        level: ToolLevel? = nil,
        identity: Identity,
        context: WebContext
    ) async throws {
        let isSet = try await desk.services.setOrganisationPolicy(
            decision,
            tool: tool,
            level: level,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isSet else { throw WebError(.forbidden, "This is for those who lead the organisation.") }
    }
}

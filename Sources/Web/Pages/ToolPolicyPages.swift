import Engine
import Foundation
import Hummingbird
import Storage

/// Where people say what agents may do with tools: an organisation to all of its people or to one, and everybody for themselves.
struct ToolPolicyPages: Sendable {
    let desk: Desk

    /// For each level a choice, empty for none.
    func setLevels(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let form = try await request.decodeForm()
        let rules = try await desk.store.organisationPolicies(by: identity.principal)
        for (level, decision) in try form.changedLevels("level", rules) {
            try await set(decision, for: PolicySubject(level: level), identity: identity, context: context)
        }
        return .redirect(to: "/tools", done: .saved, anchor: "policies")
    }

    /// The same for one's own runs.
    func setOwnLevels(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let form = try await request.decodeForm()
        let rules = try await desk.store.ownPolicies(by: identity.principal)
        for (level, decision) in try form.changedLevels("own", rules) {
            let subject = PolicySubject(level: level)
            _ = try await desk.store.setOwnPolicy(decision, for: subject, by: identity.principal)
        }
        return .redirect(to: "/tools", done: .saved, anchor: "own")
    }

    /// What holds for a tool, in the whole organisation.
    func setPolicy(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard let tool = try await desk.store.tool(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        let chosen = try await request.decodeForm().policyDecision("decision")
        try await set(chosen, for: PolicySubject(tool: tool.name), identity: identity, context: context)
        return .redirect(to: "/tools/\(tool.id.text)", done: .saved, anchor: "policy")
    }

    /// On one tool or level, with one agent or all, for one person or everybody.
    func setRule(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let wish = try PolicyWish(try await request.decodeForm())
        try await set(wish.decision, for: wish.subject, identity: identity, context: context)
        return .redirect(to: "/tools", done: .saved, anchor: "policies")
    }

    private func set(
        _ decision: ToolPolicy.Decision?,
        for subject: PolicySubject,
        identity: Identity,
        context: WebContext
    ) async throws {
        let isSet = try await desk.store.setOrganisationPolicy(
            decision,
            for: subject,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isSet else { throw WebError(.forbidden, "This is for those who lead the organisation.") }
    }
}

extension Form {
    /// The levels of which it says something else than `rules` for all agents.
    fileprivate func changedLevels(
        _ prefix: String,
        _ rules: [ToolPolicy.Rule]
    ) throws(WebError) -> [(ToolLevel, ToolPolicy.Decision?)] {
        var changed: [(ToolLevel, ToolPolicy.Decision?)] = []
        for level in ToolLevel.allCases where has("\(prefix).\(level.rawValue)") {
            let chosen = try policyDecision("\(prefix).\(level.rawValue)")
            let rule = rules.first { $0.isGeneral && $0.level == level }
            if chosen != rule?.decision { changed.append((level, chosen)) }
        }
        return changed
    }
}

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
        for (level, decision) in form.changedLevels("level", rules) {
            try await set(decision, for: PolicySubject(level: level), identity: identity, context: context)
        }
        return .redirect(to: "/tools", done: .saved, anchor: "policies")
    }

    /// The same for one's own runs.
    func setOwnLevels(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let form = try await request.decodeForm()
        let rules = try await desk.store.ownPolicies(by: identity.principal)
        for (level, decision) in form.changedLevels("own", rules) {
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
        let chosen = ToolPolicy.Decision(rawValue: try await request.decodeForm()["decision"])
        try await set(chosen, for: PolicySubject(tool: tool.name), identity: identity, context: context)
        return .redirect(to: "/tools/\(tool.id.text)", done: .saved, anchor: "policy")
    }

    /// `about` is `tool:NAME` or `level:NAME`, `user` and `agent` are ids or empty; an empty `decision` takes the rule away.
    func setRule(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let form = try await request.decodeForm()
        let about = form["about"].split(separator: ":", maxSplits: 1).map(String.init)
        guard about.count == 2 else { throw WebError.invalid("about", "Name a tool or a level.") }
        let subject = PolicySubject(
            tool: about[0] == "tool" ? about[1] : nil,
            level: about[0] == "level" ? ToolLevel(rawValue: about[1]) : nil,
            agent: UUID(uuidString: form["agent"]),
            user: UUID(uuidString: form["user"])
        )
        guard (subject.tool == nil) != (subject.level == nil) else {
            throw WebError.invalid("about", "Name a tool or a level.")
        }
        let decision = ToolPolicy.Decision(rawValue: form["decision"])
        try await set(decision, for: subject, identity: identity, context: context)
        return .redirect(to: "/tools", done: .saved, anchor: "policies")
    }

    private func set(
        _ decision: ToolPolicy.Decision?,
        for subject: PolicySubject,
        identity: Identity,
        context: WebContext
    ) async throws {
        let isSet = try await desk.services.setOrganisationPolicy(
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
    fileprivate func changedLevels(_ prefix: String, _ rules: [ToolPolicy.Rule]) -> [(ToolLevel, ToolPolicy.Decision?)]
    {
        ToolLevel.allCases.filter { has("\(prefix).\($0.rawValue)") }.compactMap { level in
            let chosen = ToolPolicy.Decision(rawValue: self["\(prefix).\(level.rawValue)"])
            let rule = rules.first { $0.isGeneral && $0.level == level }
            return chosen == rule?.decision ? nil : (level, chosen)
        }
    }
}

import Engine
import Foundation
import Hummingbird
import Storage

/// The tools of agents, and what a person lets them do.
struct ToolRoutes: Sendable {
    let services: WebServices

    func tools(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let tools = try await services.store.tools(ofAgent: context.identifier("id"), by: identity.principal)
        guard let tools else { throw WebError.notFound }
        let use = try await services.store.toolUse(agent: context.identifier("id"), by: identity.principal)
        return Envelope.list(tools.map { $0.representation(use) }, context: context)
    }

    /// `{"tool_id", "configuration": {"timeout", "max_retries", "custom_params": {…}}, "is_enabled"}`: by the agent's maker.
    func grant(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable {
            var toolId: UUID
            var isEnabled: Bool?
        }
        let (identity, agent) = (try context.signedIn(), try context.identifier("id"))
        let (input, body) = try await request.decodeJSONAndBody(Input.self, context: context)
        let granted = try await services.store.grantTool(
            input.toolId,
            to: agent,
            configuration: try JSONValue(parsing: JSONPart.object("configuration", of: body) ?? "{}"),
            isEnabled: input.isEnabled ?? true,
            by: identity.principal
        )
        guard let granted else { throw WebError.notFound }
        return Envelope.success(granted.representation([]), status: .created, context: context)
    }

    /// `{"is_enabled", "configuration"}`; of the configuration what is named is changed, null takes it away.
    func change(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable { var isEnabled: Bool? }
        let (identity, agent) = (try context.signedIn(), try context.identifier("id"))
        let (input, body) = try await request.decodeJSONAndBody(Input.self, context: context)
        let changed = try await services.store.changeGrant(
            of: try context.identifier("name"),
            to: agent,
            configuration: try JSONPart.object("configuration", of: body).map { try JSONValue(parsing: $0) },
            isEnabled: input.isEnabled,
            by: identity.principal
        )
        guard let changed else { throw WebError.notFound }
        let use = try await services.store.toolUse(tool: changed.name, agent: agent, by: identity.principal)
        return Envelope.success(changed.representation(use), context: context)
    }

    func revoke(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let isRevoked = try await services.store.revokeTool(
            context.identifier("name"),
            from: context.identifier("id"),
            by: identity.principal
        )
        guard isRevoked else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }

    /// `{"decision": "allow" | "ask" | "deny" | null, "expires_after": seconds}`; null leaves it to the general rules. What
    /// nobody answers within `expires_after` is refused; without it a call waits as long as the server's setting says.
    func setPolicy(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable {
            var decision: String?
            var expiresAfter: Int?
        }
        let identity = try context.signedIn()
        let input = try await request.decodeJSON(Input.self, context: context)
        let decision = try Self.decision(input.decision)
        if let seconds = input.expiresAfter { try ApprovalRoutes.check(patience: seconds) }
        let agent = try context.identifier("id")
        let name = context.parameters.get("name") ?? ""
        let isSet = try await services.store.setPolicy(
            decision,
            patience: input.expiresAfter,
            tool: name,
            agent: agent,
            by: identity.principal
        )
        guard isSet else { throw WebError.notFound }
        return try await tools(request, context: context)
    }

    static func decision(_ text: String?) throws(WebError) -> ToolPolicy.Decision? {
        guard let text else { return nil }
        guard let decision = ToolPolicy.Decision(rawValue: text) else {
            throw .invalid("decision", "Use allow, ask, deny or null.")
        }
        return decision
    }
}

extension AgentTool {
    fileprivate func representation(_ use: [ToolUse]) -> JSONObject {
        let own = use.filter { $0.toolName == name }
        return JSONObject {
            $0.set("tool_id", id)
            $0.set("name", name)
            $0.set("description", description)
            $0.set("security_level", level.rawValue)
            $0.set("is_enabled", isEnabled)
            $0.raw("configuration", configuration.text)
            $0.set("usage_count", own.reduce(0) { $0 + $1.calls })
            $0.set("last_used_at", own.map(\.lastUsedAt).max())
            $0.set("decision", decision.rawValue)
            $0.set("own_decision", ownDecision?.rawValue)
            $0.set("expires_after", patience)
        }
    }
}

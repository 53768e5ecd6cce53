import Engine
import Foundation
import Hummingbird
import Storage

/// The tools of agents, and what a person lets them do.
struct ToolRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/agents/{id}/tools",
            .agents,
            "Lists the tools of an agent",
            replies: [.list(.agentTool)],
            use: tools
        )
        Endpoint(
            .post,
            "/v1/agents/{id}/tools",
            .agents,
            "Gives an agent a tool",
            about: "By the agent's maker.",
            body: .json(Grant.self, ["configuration": .about("`timeout`, `max_retries`, `custom_params`.")]),
            replies: [.object(.agentTool, .created)],
            errors: [.conflict],
            use: grant
        )
        Endpoint(
            .get,
            "/v1/agents/{id}/tools/{name}",
            .agents,
            "Shows how an agent has a tool",
            about: "By the tool's id.",
            replies: [.object(.agentTool)],
            use: show
        )
        Endpoint(
            .patch,
            "/v1/agents/{id}/tools/{name}",
            .agents,
            "Changes how an agent has a tool",
            about: "Of the configuration what is named is changed, null takes it away.",
            body: .json(GrantChange.self),
            replies: [.object(.agentTool)],
            use: change
        )
        Endpoint(.delete, "/v1/agents/{id}/tools/{name}", .agents, "Takes a tool from an agent", use: revoke)
        Endpoint(
            .put,
            "/v1/agents/{id}/tools/{name}/policy",
            .agents,
            "Says what one lets an agent do with a tool",
            about: "null leaves it to the general rules. What nobody answers within `expires_after` is refused.",
            parameters: ["name": .text],
            body: .json(
                Policy.self,
                [
                    "decision": .schema(.choice(ToolPolicy.Decision.self)),
                    "expires_after": .range(1...31_536_000, "Seconds."),
                ]
            ),
            replies: [.list(.agentTool)],
            use: setPolicy
        )
    }

    func tools(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let tools = try await services.store.tools(ofAgent: context.identifier("id"), by: identity.principal)
        guard let tools else { throw WebError.notFound }
        let use = try await services.store.toolUse(agent: context.identifier("id"), by: identity.principal)
        return Envelope.list(tools.map { $0.representation(use) }, context: context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let (identity, agent) = (try context.signedIn(), try context.identifier("id"))
        let id = try context.identifier("name")
        let tools = try await services.store.tools(ofAgent: agent, by: identity.principal)
        guard let tool = tools?.first(where: { $0.id == id }) else { throw WebError.notFound }
        let use = try await services.store.toolUse(tool: tool.name, agent: agent, by: identity.principal)
        return Envelope.success(tool.representation(use), counting: tool.bare, context: context)
    }

    struct Grant: Decodable, Sendable {
        var toolId: UUID
        var isEnabled: Bool?
        var configuration: OwnObject?
    }

    /// `{"tool_id", "configuration": {"timeout", "max_retries", "custom_params": {…}}, "is_enabled"}`: by the agent's maker.
    func grant(_ input: Grant, _ request: Request, context: WebContext) async throws -> Response {
        let (identity, agent) = (try context.signedIn(), try context.identifier("id"))
        let granted = try await services.store.grantTool(
            input.toolId,
            to: agent,
            configuration: input.configuration?.value ?? .object([:]),
            isEnabled: input.isEnabled ?? true,
            by: identity.principal
        )
        guard let granted else { throw WebError.notFound }
        return Envelope.success(granted.representation([]), status: .created, context: context)
    }

    struct GrantChange: Decodable, Sendable {
        var isEnabled: Bool?
        var configuration: OwnObject?
    }

    /// `{"is_enabled", "configuration"}`; of the configuration what is named is changed, null takes it away.
    func change(_ input: GrantChange, _ request: Request, context: WebContext) async throws -> Response {
        let (identity, agent) = (try context.signedIn(), try context.identifier("id"))
        let changed = try await services.store.changeGrant(
            of: try context.identifier("name"),
            to: agent,
            configuration: input.configuration?.value,
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

    struct Policy: Decodable, Sendable {
        var decision: String?
        var expiresAfter: Int?
    }

    /// `{"decision": "allow" | "ask" | "deny" | null, "expires_after": seconds}`; null leaves it to the general rules. What
    /// nobody answers within `expires_after` is refused; without it a call waits as long as the server's setting says.
    func setPolicy(_ input: Policy, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
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
    /// What the agent's maker has said of it, without its use, and what rules, and the tool itself, say.
    fileprivate var bare: JSONObject {
        JSONObject {
            $0.set("tool_id", id)
            $0.set("is_enabled", isEnabled)
            $0.raw("configuration", configuration.text)
        }
    }

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

extension Schema {
    fileprivate static let agentTool = object(
        "AgentTool",
        [
            .uuid("tool_id"), .text("name"), .text("description"), .field("security_level", .choice(ToolLevel.self)),
            .flag("is_enabled"), .field("configuration", .map), .integer("usage_count"), .date("last_used_at").orNull,
            .field("decision", .choice(ToolPolicy.Decision.self)),
            .field("own_decision", .choice(ToolPolicy.Decision.self).orNull),
            .integer("expires_after", "Seconds.").orNull,
        ]
    )
}

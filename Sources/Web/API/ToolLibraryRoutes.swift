import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/tools`: what agents can be given, and how it is used; `/v1/audit/tool-calls`: what they did.
struct ToolLibraryRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(.get, "/v1/tools", .tools, "Lists tools", replies: [.list(.tool)], use: list)
        Endpoint(.get, "/v1/tools/{id}", .tools, "Shows a tool", replies: [.object(.tool)], use: show)
        Endpoint(
            .get,
            "/v1/audit/tool-calls",
            .audit,
            "Lists tool calls",
            about: "The newest first.",
            query: [
                Self.tool.field, Self.agent.field, Self.user.field, Self.run.field, Self.decision.field,
                Self.success.field,
            ] + QueryField.page,
            replies: [.page(.auditedCall)],
            use: calls
        )
    }

    private static let tool = QueryParameter<String>.text("tool_name", "Of this tool.")
    private static let agent = QueryParameter<UUID>.identifier("agent_id", "By this agent.")
    private static let user = QueryParameter<UUID>.identifier("user_id", "For this person.")
    private static let run = QueryParameter<UUID>.identifier("run_id", "Of this run.")
    private static let decision = QueryParameter<ToolCallRecord.Decision>.choice("decision", "That were decided so.")
    private static let success = QueryParameter<Bool>.flag("success", "That came to something, or that did not.")

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let tools = try await services.store.tools(by: identity.principal)
        let use = Dictionary(grouping: try await services.store.toolUse(by: identity.principal), by: \.toolName)
        return Envelope.list(tools.map { $0.representation(use[$0.name] ?? []) }, context: context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard let tool = try await services.store.tool(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        let use = try await services.store.toolUse(tool: tool.name, by: identity.principal)
        return Envelope.success(tool.representation(use), context: context)
    }

    func calls(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let page = try context.page(of: request)
        let filter = ToolCallFilter(
            tool: try context.query(Self.tool, of: request),
            agent: try context.query(Self.agent, of: request),
            user: try context.query(Self.user, of: request),
            run: try context.query(Self.run, of: request),
            decision: try context.query(Self.decision, of: request),
            succeeded: try context.query(Self.success, of: request)
        )
        let calls = try await services.store.toolCalls(filter, page: page, by: identity.principal)
        return Envelope.page(calls.items.map(\.representation), page, total: calls.total, context: context)
    }
}

/// `/v1/tool-policies`: what holds for all agents of an organisation; those who lead it say it.
struct ToolPolicyRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/tool-policies",
            .tools,
            "Lists the rules of the organisation",
            replies: [.list(.toolPolicy)],
            use: list
        )
        Endpoint(
            .put,
            "/v1/tool-policies",
            .tools,
            "Makes a rule of the organisation",
            about:
                "For those who lead it. On a tool or on a level; null takes the rule away. A `deny` stands, whatever people allow.",
            body: .json(
                Rule.self,
                [
                    "tool_name": .length(1...64), "security_level": .schema(.choice(ToolLevel.self)),
                    "decision": .schema(.choice(ToolPolicy.Decision.self)),
                    "expires_after": .range(1...31_536_000, "Seconds."),
                ]
            ),
            replies: [.list(.toolPolicy)],
            errors: [.forbidden],
            use: set
        )
    }

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let rules = try await services.store.organisationPolicies(by: identity.principal)
        return Envelope.list(rules.map(\.representation), context: context)
    }

    struct Rule: Decodable, Sendable {
        var toolName: String?
        var securityLevel: String?
        var agentId: UUID?
        var decision: String?
        var expiresAfter: Int?
    }

    /// `{"tool_name" or "security_level", "agent_id", "decision": "allow" | "ask" | "deny" | null, "expires_after"}`; null takes
    /// the rule away. An organisation's `deny` stands, whatever its people allow.
    func set(_ input: Rule, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard (input.toolName == nil) != (input.securityLevel == nil) else {
            throw WebError.invalid("tool_name", "Name either a tool or a level.")
        }
        let level = try input.securityLevel.map { text in
            guard let level = ToolLevel(rawValue: text) else {
                throw WebError.invalid("security_level", "Use read_only, safe_execute or privileged.")
            }
            return level
        }
        if let seconds = input.expiresAfter { try ApprovalRoutes.check(patience: seconds) }
        let isSet = try await services.setOrganisationPolicy(
            try ToolRoutes.decision(input.decision),
            tool: input.toolName,
            level: level,
            agent: input.agentId,
            patience: input.expiresAfter,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isSet else { throw WebError.notFound }
        return try await list(request, context: context)
    }
}

extension WebServices {
    /// Written down in the audit.
    func setOrganisationPolicy(
        _ decision: ToolPolicy.Decision?,
        tool: String? = nil,
        level: ToolLevel? = nil,
        agent: UUID? = nil,
        patience: Int? = nil,
        by principal: Principal,
        address: String?
    ) async throws -> Bool {
        let isSet = try await store.setOrganisationPolicy(
            decision,
            tool: tool,
            level: level,
            agent: agent,
            patience: patience,
            by: principal
        )
        guard isSet else { return false }
        let target = "\(tool ?? level?.rawValue ?? "all"): \(decision?.rawValue ?? "none")"
        await record("tool_policy.changed", target: target, by: principal, address: address)
        return true
    }
}

extension ToolPolicy.Rule {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("tool_name", toolName)
            $0.set("security_level", level?.rawValue)
            $0.set("agent_id", agentID)
            $0.set("decision", decision.rawValue)
            $0.set("expires_after", expiresAfter)
        }
    }
}

extension ToolRecord {
    func representation(_ use: [ToolUse]) -> JSONObject {
        JSONObject {
            $0.set("tool_id", id)
            $0.set("name", name)
            $0.set("display_name", name)
            $0.set("description", description)
            $0.set("tool_type", type)
            $0.raw("schema", schema)
            if let draft { $0.raw("definition", draft.definition) }
            $0.set("time_limit", draft?.timeLimit)
            $0.set("user_id", userID)
            $0.set("is_system_tool", isSystemTool)
            $0.set("security_level", level.rawValue)
            $0.set("effect", effect.rawValue)
            $0.set("version", version)
            $0.set("created_at", createdAt)
            $0.set("usage_count", use.reduce(0) { $0 + $1.calls })
            $0.set("last_used_at", use.map(\.lastUsedAt).max())
            $0.set("usage", use.map(\.representation))
        }
    }
}

extension ToolUse {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("agent_id", agentID)
            $0.set("agent_name", agentName)
            $0.set("usage_count", calls)
            $0.set("failed_count", failedCalls)
            $0.set("cached_count", cachedCalls)
            $0.set("average_time", seconds)
            $0.set("last_used_at", lastUsedAt)
        }
    }
}

extension AuditedCall {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("run_id", runID)
            $0.set("call_id", callID)
            $0.set("user_id", userID)
            $0.set("user_name", userName)
            $0.set("agent_id", agentID)
            $0.set("agent_name", agentName)
            $0.set("conversation_id", conversationID)
            $0.set("tool_name", toolName)
            // One that was cut is no JSON any more.
            $0.raw("tool_input", input.map { (try? JSONValue(parsing: $0)) != nil ? $0 : JSONValue.string($0).text })
            $0.set("input_bytes", inputBytes)
            $0.set("result_digest", "sha256:" + resultDigest)
            $0.set("result_bytes", resultBytes)
            $0.set("decision", decision.rawValue)
            $0.set("success", succeeded)
            $0.set("cached", isCached)
            $0.set("execution_time", seconds)
            $0.set("called_at", calledAt)
        }
    }
}

extension Schema {
    fileprivate static let toolPolicy = object(
        "ToolPolicy",
        [
            .text("tool_name").orNull, .field("security_level", .choice(ToolLevel.self).orNull),
            .uuid("agent_id").orNull, .field("decision", .choice(ToolPolicy.Decision.self)),
            .integer("expires_after", "Seconds.").orNull,
        ]
    )

    static let tool = object(
        "Tool",
        [
            .uuid("tool_id"), .text("name"), .text("display_name"), .text("description"), .text("tool_type"),
            .field("schema", .map), .field("definition", .map).orMissing, .integer("time_limit", "Seconds.").orNull,
            .uuid("user_id").orNull, .flag("is_system_tool"), .field("security_level", .choice(ToolLevel.self)),
            .field("effect", .choice(ToolEffect.self)), .text("version"), .date("created_at"),
            .integer("usage_count"), .date("last_used_at").orNull, .list("usage", of: toolUse),
        ]
    )

    private static let toolUse = object(
        "ToolUse",
        [
            .uuid("agent_id"), .text("agent_name").orNull, .integer("usage_count"), .integer("failed_count"),
            .integer("cached_count"), .number("average_time", "Seconds."), .date("last_used_at"),
        ]
    )

    fileprivate static let auditedCall = object(
        "AuditedCall",
        [
            .uuid("run_id"), .text("call_id"), .uuid("user_id"), .text("user_name").orNull, .uuid("agent_id"),
            .text("agent_name").orNull, .uuid("conversation_id"),
            .text("tool_name"), .field("tool_input", .anything), .integer("input_bytes"), .text("result_digest"),
            .integer("result_bytes"), .field("decision", .choice(ToolCallRecord.Decision.self)), .flag("success"),
            .flag("cached"), .number("execution_time", "Seconds."), .date("called_at"),
        ]
    )
}

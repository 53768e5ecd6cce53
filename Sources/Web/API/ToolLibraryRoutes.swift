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
            about:
                "The newest first: one's own, to those who lead an organisation all of it, with `audit:read` everybody's.",
            query: [
                Self.tool.field, Self.agent.field, Self.user.field, Self.run.field, Self.decision.field,
                Self.success.field,
            ] + AuditQuery.fields + QueryField.page,
            replies: [.page(.auditedCall), .file("text/csv", about: "With `format=csv`: the newest 10,000.")],
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
        return Envelope.success(tool.representation(use), counting: tool.representation([]), context: context)
    }

    func calls(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let query = context.query(of: request)
        let page = try context.page(of: request)
        var filter = ToolCallFilter(
            tool: try context.query(Self.tool, of: request),
            agent: try context.query(Self.agent, of: request),
            user: try context.query(Self.user, of: request),
            run: try context.query(Self.run, of: request),
            decision: try context.query(Self.decision, of: request),
            succeeded: try context.query(Self.success, of: request)
        )
        try filter.narrow(query)
        if try query.isCSV() {
            let found = try await services.store.toolCalls(filter, by: identity.principal)
            return .csv(found.csv, name: "tool-calls.csv", context: context)
        }
        let calls = try await services.store.toolCalls(filter, page: page, by: identity.principal)
        return Envelope.page(calls.items.map(\.representation), page, total: calls.total, context: context)
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

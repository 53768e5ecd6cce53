import Engine
import Foundation
import Hummingbird
import Storage

/// The tools of agents, what a person lets them do, and the calls that wait for an answer.
struct ToolRoutes: Sendable {
    let services: WebServices

    func tools(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let tools = try await services.store.tools(ofAgent: context.identifier("id"), by: identity.principal)
        guard let tools else { throw WebError.notFound }
        return Envelope.list(tools.map(\.representation), context: context)
    }

    /// `{"decision": "allow" | "ask" | "deny" | null}`; null leaves it to the general rules.
    func setPolicy(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable { var decision: String? }
        let identity = try context.signedIn()
        let input = try await request.decodeJSON(Input.self, context: context)
        let decision = try input.decision.map { text in
            guard let decision = ToolPolicy.Decision(rawValue: text) else {
                throw WebError.invalid("decision", "Use allow, ask, deny or null.")
            }
            return decision
        }
        let agent = try context.identifier("id")
        let name = context.parameters.get("name") ?? ""
        guard try await services.store.setPolicy(decision, tool: name, agent: agent, by: identity.principal) else {
            throw WebError.notFound
        }
        return try await tools(request, context: context)
    }

    func approvals(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let found = try await services.store.approvals(of: context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        return Envelope.list(found.map(\.representation), context: context)
    }

    /// `{"decision": "approve" | "deny", "tool_input": {…}, "remember": false}`
    func decide(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable {
            var decision: String
            var toolInput: JSONValue?
            var remember: Bool?
        }
        let identity = try context.signedIn()
        let input = try await request.decodeJSON(Input.self, context: context)
        guard ["approve", "deny"].contains(input.decision) else {
            throw WebError.invalid("decision", "Use approve or deny.")
        }
        let run = try await services.answer(
            context.parameters.get("call") ?? "",
            of: context.identifier("id"),
            approve: input.decision == "approve",
            input: input.toolInput?.text,
            remember: input.remember ?? false,
            by: identity.principal
        )
        guard let run else { throw WebError.notFound }
        return Envelope.success(run.representation, status: .accepted, context: context)
    }
}

extension AgentTool {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("name", name)
            $0.set("description", description)
            $0.set("security_level", level.rawValue)
            $0.set("is_enabled", isEnabled)
            $0.set("decision", decision.rawValue)
            $0.set("own_decision", ownDecision?.rawValue)
        }
    }
}

extension ApprovalRecord {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("call_id", callID)
            $0.set("tool_name", toolName)
            $0.raw("tool_input", toolInput)
            $0.set("state", state.rawValue)
            $0.raw("edited_input", editedInput)
            $0.set("created_at", createdAt)
            $0.set("decided_at", decidedAt)
        }
    }
}

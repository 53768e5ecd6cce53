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
        return Envelope.list(tools.map(\.representation), context: context)
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
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("name", name)
            $0.set("description", description)
            $0.set("security_level", level.rawValue)
            $0.set("is_enabled", isEnabled)
            $0.set("decision", decision.rawValue)
            $0.set("own_decision", ownDecision?.rawValue)
            $0.set("expires_after", patience)
        }
    }
}

import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/tool-policies`: what holds for an organisation's agents, which those who lead it say; `/v1/users/me/tool-policies`: what
/// holds for one's own runs besides.
struct ToolPolicyRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/tool-policies",
            .tools,
            "Lists the rules of the organisation",
            about: "To those who do not lead it, those for all and for themselves.",
            replies: [.list(.toolPolicy)],
            use: list
        )
        Endpoint(
            .put,
            "/v1/tool-policies",
            .tools,
            "Makes a rule of the organisation",
            about: """
                For those who lead it. On a tool or on a level, with one agent or all, for the runs of one person or \
                everybody's; null takes the rule away. A `deny` stands, whatever people allow.
                """,
            body: .json(Rule.self, Self.fields),
            replies: [.list(.toolPolicy)],
            errors: [.forbidden, .notFound],
            use: set
        )
        Endpoint(
            .get,
            "/v1/users/me/tool-policies",
            .tools,
            "Lists one's own rules",
            replies: [.list(.toolPolicy)],
            use: listOwn
        )
        Endpoint(
            .put,
            "/v1/users/me/tool-policies",
            .tools,
            "Makes a rule for one's own runs",
            about: """
                On a tool or on a level, with one agent or all; null takes the rule away. Of one's own rules that on a tool says \
                more than that on a level, and that with an agent more than that with all. What the organisation allows is asked \
                about all the same where one wants that.
                """,
            body: .json(OwnRule.self, Self.fields),
            replies: [.list(.toolPolicy)],
            errors: [.notFound],
            use: setOwn
        )
    }

    private static let fields: [String: SchemaRecorder.Hint] = [
        "tool_name": .length(1...64), "security_level": .schema(.choice(ToolLevel.self)),
        "decision": .schema(.choice(ToolPolicy.Decision.self)),
        "expires_after": .range(1...31_536_000, "Seconds."),
    ]

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let rules = try await services.store.organisationPolicies(by: identity.principal)
        return Envelope.list(rules.map(\.representation), context: context)
    }

    func listOwn(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let rules = try await services.store.ownPolicies(by: identity.principal)
        return Envelope.list(rules.map(\.representation), context: context)
    }

    struct OwnRule: Decodable, Sendable {
        var toolName: String?
        var securityLevel: String?
        var agentId: UUID?
        var decision: String?
        var expiresAfter: Int?
    }

    /// The same on the runs of one person, or of everybody.
    struct Rule: Decodable, Sendable {
        var own: OwnRule
        var userId: UUID?

        private enum CodingKeys: CodingKey { case userId }

        init(from decoder: any Decoder) throws {
            own = try OwnRule(from: decoder)
            userId = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(UUID.self, forKey: .userId)
        }
    }

    /// `{"tool_name" or "security_level", "agent_id", "user_id", "decision": "allow" | "ask" | "deny" | null, "expires_after"}`;
    /// null takes the rule away. An organisation's `deny` stands, whatever its people allow.
    func set(_ input: Rule, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let wish = try PolicyWish(input.own, user: input.userId)
        let isSet = try await services.store.setOrganisationPolicy(
            wish.decision,
            for: wish.subject,
            patience: wish.patience,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isSet else { throw WebError.notFound }
        return try await list(request, context: context)
    }

    func setOwn(_ input: OwnRule, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let wish = try PolicyWish(input)
        let isSet = try await services.store.setOwnPolicy(
            wish.decision,
            for: wish.subject,
            patience: wish.patience,
            by: identity.principal
        )
        guard isSet else { throw WebError.notFound }
        return try await listOwn(request, context: context)
    }
}

extension ToolPolicy.Rule {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("tool_name", toolName)
            $0.set("security_level", level?.rawValue)
            $0.set("agent_id", agentID)
            $0.set("user_id", userID)
            $0.set("decision", decision.rawValue)
            $0.set("expires_after", expiresAfter)
        }
    }
}

extension Schema {
    fileprivate static let toolPolicy = object(
        "ToolPolicy",
        [
            .text("tool_name").orNull, .field("security_level", .choice(ToolLevel.self).orNull),
            .uuid("agent_id").orNull, .uuid("user_id").orNull, .field("decision", .choice(ToolPolicy.Decision.self)),
            .integer("expires_after", "Seconds.").orNull,
        ]
    )
}

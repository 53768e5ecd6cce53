import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/api-keys`: keys by which a person's programs ask in their name. One is shown once, when it is made.
struct APIKeyRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(.get, "/v1/api-keys", .keys, "Lists one's keys", replies: [.list(.apiKey)], use: list)
        Endpoint(
            .post,
            "/v1/api-keys",
            .keys,
            "Makes a key",
            about: "The answer shows it this one time.",
            access: .inPerson,
            body: .json(
                NewKey.self,
                [
                    "name": .length(1...100),
                    "scopes": .schema(.list(.choice(APIKey.Scope.self)), "`mcp` alone when none are named."),
                    "expires_in_days": .range(1...3650),
                ]
            ),
            replies: [.object(.newAPIKey, .created)],
            use: create
        )
        Endpoint(.get, "/v1/api-keys/{id}", .keys, "Shows a key", replies: [.object(.apiKey)], use: show)
        Endpoint(.delete, "/v1/api-keys/{id}", .keys, "Revokes a key", access: .inPerson, use: revoke)
    }

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let keys = try await services.store.apiKeys(by: identity.principal)
        return Envelope.list(keys.map { $0.representation() }, context: context)
    }

    struct NewKey: Decodable, Sendable {
        var name: String
        var scopes: [String]?
        var expiresInDays: Int?
    }

    /// `{"name", "scopes": ["mcp", "api"], "expires_in_days"}`; `mcp` alone when no scopes are named.
    func create(_ input: NewKey, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.inPerson()
        let names = input.scopes ?? [APIKey.Scope.mcp.rawValue]
        let scopes = names.compactMap(APIKey.Scope.init)
        guard scopes.count == names.count else { throw WebError.invalid("scopes", "Use \(APIKey.Scope.names).") }
        let made = try await services.store.createAPIKey(
            name: input.name,
            scopes: scopes,
            days: input.expiresInDays,
            by: identity.principal,
            address: context.remoteAddress
        )
        return Envelope.success(made.key.representation(made.secret), status: .created, context: context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard let key = try await services.store.apiKey(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        return Envelope.success(key.representation(), counting: key.bare, context: context)
    }

    func revoke(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.inPerson()
        let isRevoked = try await services.store.revokeAPIKey(
            context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isRevoked else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }
}

extension APIKey {
    /// Without when it was used.
    fileprivate var bare: JSONObject {
        var key = self
        key.lastUsedAt = nil
        return key.representation()
    }

    /// `secret`: of one that was made just now.
    func representation(_ secret: Secret? = nil) -> JSONObject {
        JSONObject {
            $0.set("key_id", id)
            $0.set("name", name)
            $0.set("hint", hint)
            $0.set("scopes", scopes.map(\.rawValue))
            $0.set("expires_at", expiresAt)
            $0.set("last_used_at", lastUsedAt)
            $0.set("created_at", createdAt)
            if let secret { $0.set("key", secret.reveal()) }
        }
    }
}

extension Schema {
    static let apiKey = object(
        "APIKey",
        [
            .uuid("key_id"), .text("name"), .text("hint", "Its last letters."),
            .list("scopes", of: .choice(APIKey.Scope.self)), .date("expires_at").orNull, .date("last_used_at").orNull,
            .date("created_at"),
        ]
    )
    fileprivate static let newAPIKey = apiKey.adding(
        "NewAPIKey",
        [.text("key", "The key itself, which is not shown again.")]
    )
}

import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/api-keys`: keys by which a person's programs ask in their name. One is shown once, when it is made.
struct APIKeyRoutes: Sendable {
    let services: WebServices

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let keys = try await services.store.apiKeys(by: identity.principal)
        return Envelope.list(keys.map { $0.representation() }, context: context)
    }

    /// `{"name", "scopes": ["mcp", "api"], "expires_in_days"}`; `mcp` alone when no scopes are named.
    func create(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable {
            var name: String
            var scopes: [String]?
            var expiresInDays: Int?
        }
        let identity = try context.inPerson()
        let input = try await request.decodeJSON(Input.self, context: context)
        let names = input.scopes ?? [APIKey.Scope.mcp.rawValue]
        let scopes = names.compactMap(APIKey.Scope.init)
        guard scopes.count == names.count else { throw WebError.invalid("scopes", "Use api and mcp.") }
        let made = try await services.createAPIKey(
            name: input.name,
            scopes: scopes,
            days: input.expiresInDays,
            by: identity.principal,
            address: context.remoteAddress
        )
        return Envelope.success(made.key.representation(made.secret), status: .created, context: context)
    }

    func revoke(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.inPerson()
        let isRevoked = try await services.revokeAPIKey(
            context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isRevoked else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }
}

extension WebServices {
    func createAPIKey(
        name: String,
        scopes: [APIKey.Scope],
        days: Int?,
        by principal: Principal,
        address: String?
    ) async throws -> (secret: Secret, key: APIKey) {
        let made = try await store.createAPIKey(name: name, scopes: scopes, days: days, by: principal)
        await record("api_key.created", target: made.key.id.text, by: principal, address: address)
        return made
    }

    func revokeAPIKey(_ id: UUID, by principal: Principal, address: String?) async throws -> Bool {
        guard try await store.revokeAPIKey(id, by: principal) else { return false }
        await record("api_key.revoked", target: id.text, by: principal, address: address)
        return true
    }
}

extension APIKey {
    /// `secret`: of one that was made just now.
    fileprivate func representation(_ secret: Secret? = nil) -> JSONObject {
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

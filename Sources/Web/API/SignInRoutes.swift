import Engine
import Foundation
import Hummingbird
import Storage

/// Where somebody is signed in: `/v1/users/me/sessions`, and for administrators `/v1/users/{id}/sessions` and `…/api-keys`.
struct SignInRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/users/me/sessions",
            .account,
            "Lists where one is signed in",
            replies: [.list(.session)],
            use: own
        )
        Endpoint(
            .delete,
            "/v1/users/me/sessions",
            .account,
            "Signs out all others",
            about: "All but the one that asks.",
            access: .inPerson,
            use: endOthers
        )
        Endpoint(
            .delete,
            "/v1/users/me/sessions/{session}",
            .account,
            "Signs one out",
            access: .inPerson,
            use: endOwn
        )
        Endpoint(
            .get,
            "/v1/users/{id}/sessions",
            .users,
            "Lists where somebody is signed in",
            access: .permitted(.userRead),
            replies: [.list(.session)],
            use: show
        )
        Endpoint(
            .delete,
            "/v1/users/{id}/sessions",
            .users,
            "Signs somebody out everywhere",
            access: .permitted(.userUpdate),
            use: endAll
        )
        Endpoint(
            .delete,
            "/v1/users/{id}/sessions/{session}",
            .users,
            "Signs somebody out of one",
            access: .permitted(.userUpdate),
            use: endOne
        )
        Endpoint(
            .get,
            "/v1/users/{id}/api-keys",
            .users,
            "Lists somebody's keys",
            access: .permitted(.userRead),
            replies: [.list(.apiKey)],
            use: keys
        )
        Endpoint(
            .delete,
            "/v1/users/{id}/api-keys/{key}",
            .users,
            "Revokes somebody's key",
            access: .permitted(.userUpdate),
            use: revokeKey
        )
    }

    func own(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        return try await list(identity.user.id, identity, context)
    }

    func endOwn(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.inPerson()
        return try await end(context.identifier("session"), of: identity.user.id, identity, context)
    }

    /// All but the one that asks.
    func endOthers(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.inPerson()
        return try await endAll(of: identity.user.id, keeping: identity.token?.family, identity, context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.userRead)
        return try await list(try await known(context, identity).id, identity, context)
    }

    func endOne(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.userUpdate)
        return try await end(context.identifier("session"), of: context.identifier("id"), identity, context)
    }

    func endAll(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.userUpdate)
        return try await endAll(of: context.identifier("id"), keeping: nil, identity, context)
    }

    func keys(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.userRead)
        let keys = try await services.store.apiKeys(of: try await known(context, identity).id, by: identity.principal)
        return Envelope.list((keys ?? []).map { $0.representation() }, context: context)
    }

    func revokeKey(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.userUpdate)
        let isRevoked = try await services.store.revokeAPIKey(
            context.identifier("key"),
            of: context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isRevoked else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }

    private func known(_ context: WebContext, _ identity: Identity) async throws -> User {
        let found = try await services.store.user(context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        return found
    }

    private func list(_ user: UUID, _ identity: Identity, _ context: WebContext) async throws -> Response {
        let found = try await services.store.signIns(of: user, by: identity.principal)
        guard let found else { throw WebError.notFound }
        let current = identity.token?.family
        return Envelope.list(
            found.map { $0.representation(isCurrent: $0.id == current) },
            counting: found.sorted { $0.id.text < $1.id.text }.map(\.bare),
            context: context
        )
    }

    private func end(_ id: UUID, of user: UUID, _ identity: Identity, _ context: WebContext) async throws -> Response {
        let isEnded = try await services.store.endSignIn(
            id,
            of: user,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isEnded else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }

    private func endAll(
        of user: UUID,
        keeping kept: UUID?,
        _ identity: Identity,
        _ context: WebContext
    ) async throws -> Response {
        let ended = try await services.store.endSignIns(
            of: user,
            keeping: kept,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard ended != nil else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }
}

extension SignedIn {
    fileprivate func representation(isCurrent: Bool) -> JSONObject {
        JSONObject {
            $0.set("session_id", id)
            $0.set("kind", kind.rawValue)
            $0.set("user_agent", userAgent)
            $0.set("address", address)
            $0.set("created_at", createdAt)
            $0.set("last_seen_at", lastSeenAt)
            $0.set("expires_at", expiresAt)
            $0.set("is_current", isCurrent)
        }
    }

    /// Without when they were last here, and until when that lets them stay.
    fileprivate var bare: JSONObject {
        JSONObject {
            $0.set("session_id", id)
            $0.set("kind", kind.rawValue)
        }
    }
}

extension Schema {
    fileprivate static let session = object(
        "Session",
        [
            .uuid("session_id"), .field("kind", .choice("browser", "program")), .text("user_agent").orNull,
            .text("address").orNull, .date("created_at"), .date("last_seen_at"), .date("expires_at"),
            .flag("is_current"),
        ]
    )
}

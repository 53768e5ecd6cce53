import Engine
import Foundation
package import Hummingbird
import Storage

/// The one door for every transport: finds out who asks, by cookie on pages and by bearer token or API key elsewhere, and
/// refuses nobody but keys that are for something else; what needs a person says so itself. What it refuses is counted
/// like what strangers ask, before it is said.
struct IdentityMiddleware: RouterMiddleware {
    let services: WebServices

    func handle(
        _ request: Request,
        context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if context.refusal == nil {
            do { try await identify(request, in: &context) } catch { context.refusal = error }
        }
        return try await next(request, context)
    }

    private func identify(_ request: Request, in context: inout WebContext) async throws {
        // The router passes over empty parts; whoever looks at the beginning of a path would be deceived.
        guard !request.uri.path.utf8.contains("//".utf8) else {
            throw WebError(.notFound, "There is no such page: its address has two slashes in a row.")
        }
        context.language = anonymousLanguage(request)
        context.theme = request.cookies[SessionCookies.themeName].flatMap(themeName)
        if request.isForAPI {
            context.identity = try await bearerIdentity(request)
        } else if !request.uri.path.hasPrefix("/assets/"), request.uri.path != "/healthz" {
            context.notice = await services.site.notice(services.store)
            context.dismissedAnnouncement = request.cookies[SessionCookies.announcementName]?.value ?? ""
            try await readCookies(request, into: &context)
        }
        if let user = context.identity?.user {
            context.language = Language(tag: user.language) ?? context.language
            context.theme = Preferences(json: user.preferences).theme.flatMap(themeName)
        }
    }

    private func bearerIdentity(_ request: Request) async throws -> Identity? {
        if let key = request.headers[.apiKey] { return try await keyIdentity(Secret(key), request) }
        guard let header = request.headers[.authorization] else { return try await addressIdentity(request) }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return try await identity(bearing: String(parts[1]), request)
    }

    /// A browser opens a socket with an address and nothing else: there a ticket may stand, or a token.
    private func addressIdentity(_ request: Request) async throws -> Identity? {
        guard request.isForSocket else { return nil }
        let query = QueryReader(request)
        if let token = query.text("token") { return try await identity(bearing: token, request) }
        guard let ticket = query.text("ticket"),
            let held = try await services.store.redeem(ticket: Secret(ticket))
        else { return nil }
        switch held.credential {
        case .session: return nil
        case .key(let key):
            let known = try await services.store.identity(apiKey: key, of: held.user)
            return try known.map { try keyIdentity($0, request) }
        case .token(let family, let issuedAt, let expiresAt):
            guard expiresAt > Date() else { return nil }
            let grant = AccessGrant(user: held.user, family: family, issuedAt: issuedAt, expiresAt: expiresAt)
            return try await identity(granted: grant, in: held.organisation.text)
        }
    }

    private func identity(bearing token: String, _ request: Request) async throws -> Identity? {
        if token.hasPrefix(APIKey.prefix) { return try await keyIdentity(Secret(token), request) }
        guard let grant = await services.tokens.verify(token) else { return nil }
        return try await identity(granted: grant, in: request.headers[.organisation])
    }

    private func identity(granted grant: AccessGrant, in organisation: String?) async throws -> Identity? {
        guard let known = try await services.store.identity(user: grant.user, family: grant.family),
            grant.issuedAt.timeIntervalSince1970.rounded(.down)
                >= known.tokensValidAfter.timeIntervalSince1970.rounded(.down)
        else { return nil }
        let principal = try await within(organisation, known)
        return Identity(user: known.user, principal: principal, token: grant)
    }

    /// In which of their organisations a person's program works: in that which the request names, else in their own.
    private func within(_ name: String?, _ known: AccountIdentity) async throws -> Principal {
        guard let name else { return known.principal }
        guard let organisation = UUID(uuidString: name),
            try await services.store.membership(of: known.user.id, in: organisation) != nil
        else { throw WebError(.forbidden, "You are no member of the organization that X-Organization-Id names.") }
        return .member(user: known.user.id, organisation: organisation, role: known.user.role)
    }

    /// A key opens what it was made for.
    private func keyIdentity(_ secret: Secret, _ request: Request) async throws -> Identity? {
        guard secret.reveal().hasPrefix(APIKey.prefix), secret.reveal().utf8.count < 200,
            let known = try await keyHolder(secret, request)
        else {
            return nil
        }
        return try keyIdentity(known, request)
    }

    private func keyIdentity(_ known: APIKeyIdentity, _ request: Request) throws(WebError) -> Identity {
        guard request.uses.contains(where: known.key.opens) else {
            throw WebError(.forbidden, "This key was not made for this.")
        }
        return Identity(user: known.user, principal: known.principal, key: known.key)
    }

    /// Programs call models many times a second.
    private func keyHolder(_ secret: Secret, _ request: Request) async throws -> APIKeyIdentity? {
        let store = services.store
        return request.isForOpenAI
            ? try await store.recentIdentity(apiKey: secret) : try await store.identity(apiKey: secret)
    }

    private func readCookies(_ request: Request, into context: inout WebContext) async throws {
        let cookies = SessionCookies(secure: services.settings.secureCookies)
        context.csrfToken = request.cookies[cookies.csrfName]?.value ?? ""
        guard let token = request.cookies[cookies.sessionName]?.value, !token.isEmpty, token.utf8.count < 200,
            let found = try await services.store.session(token: Secret(token))
        else { return }
        context.identity = Identity(user: found.user, principal: found.principal, session: found.session)
        let organisation = found.principal.organisationID
        context.csrfToken = FormProof(session: found.session.csrfToken, organisation: organisation).text
    }

    private func anonymousLanguage(_ request: Request) -> Language {
        request.cookies[SessionCookies.languageName].flatMap { Language(tag: $0.value) }
            ?? request.headers[.acceptLanguage].flatMap { Language(acceptLanguage: $0) } ?? .english
    }

    private func themeName(_ cookie: Cookie) -> String? { themeName(cookie.value) }

    private func themeName(_ name: String) -> String? { ["light", "dark"].contains(name) ? name : nil }
}

extension Request {
    /// Whether a program asks: tokens in, JSON out, no cookies.
    package var isForAPI: Bool { uri.path.hasPrefix("/v1/") || uri.path == "/v1" || isForMCP || isForOpenAI }

    /// Whether a socket is to be opened, which may be asked for in the address itself.
    package var isForSocket: Bool { uri.path.hasPrefix("/v1/ws/chat/") }

    package var isForMCP: Bool { uri.path == "/mcp" }

    package var isForOpenAI: Bool { uri.path.hasPrefix("/openai/") }

    /// One of these a key must open. Which calls of the API it does, they know themselves.
    fileprivate var uses: [APIKey.Use] {
        isForMCP ? [.mcp] : isForOpenAI ? [.call] : [.look, .change, .chat, .administer]
    }
}

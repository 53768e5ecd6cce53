package import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Storage

/// Signing in, registering, passwords and one's own profile.
struct AccountRoutes: Sendable {
    let services: WebServices

    func signIn(_ request: Request, context: WebContext) async throws -> Response {
        let form = Form(body: String(buffer: try await request.boundedBody(upTo: 16_384)))
        let result = try await services.store.authenticate(
            email: form.trimmed("username"),
            password: Secret(form["password"]),
            address: context.remoteAddress
        )
        let user = try AccountRoutes.accepted(result)
        await services.record("session.token_issued", by: user.principal, address: context.remoteAddress)
        return try await tokens(for: user, with: services.store.issueRefreshToken(user: user.id), context: context)
    }

    func refresh(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable { var refreshToken: String }
        let input = try await request.decodeJSON(Input.self, context: context)
        switch try await services.store.rotateRefreshToken(Secret(input.refreshToken)) {
        case .rotated(let grant, let user): return try await tokens(for: user, with: grant, context: context)
        case .refused: throw WebError(.unauthorized, "The refresh token is not valid any more. Sign in again.")
        }
    }

    func signOut(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable { var refreshToken: String }
        let input = try await request.decodeJSON(Input.self, context: context)
        try await services.store.revokeRefreshToken(Secret(input.refreshToken))
        return Envelope.noContent(context: context)
    }

    func register(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable {
            var email: String
            var password: String
            var nickname: String?
        }
        let input = try await request.decodeJSON(Input.self, context: context)
        let mode = try await services.store.registrationMode()
        guard mode != .closed else { throw WebError(.forbidden, "Registration is closed. Ask an administrator.") }
        let user = try await services.store.register(
            email: input.email,
            password: Secret(input.password),
            nickname: input.nickname,
            language: context.language.rawValue,
            status: mode == .approval ? .pending : .active
        )
        return Envelope.success(user.representation, status: .created, context: context)
    }

    func changePassword(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable {
            var currentPassword: String
            var newPassword: String
        }
        let identity = try context.inPerson()
        let input = try await request.decodeJSON(Input.self, context: context)
        let isChanged = try await services.store.changePassword(
            current: Secret(input.currentPassword),
            new: Secret(input.newPassword),
            keepingSession: nil,
            by: identity.principal
        )
        guard isChanged else { throw WebError.invalid("current_password", "This is not the current password.") }
        return Envelope.noContent(context: context)
    }

    func me(_ request: Request, context: WebContext) async throws -> Response {
        Envelope.success(try context.signedIn().user.representation, context: context)
    }

    func updateMe(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable {
            var nickname: String?
            var timezone: String?
            var language: String?
        }
        let identity = try context.signedIn()
        let (input, body) = try await request.decodeJSONAndBody(Input.self, context: context)
        if let preferences = try JSONPart.object("preferences", of: body) {
            _ = try await services.store.mergePreferences(preferences, by: identity.principal)
        }
        let user = try await services.store.updateProfile(
            nickname: input.nickname ?? identity.user.nickname,
            timezone: input.timezone ?? identity.user.timezone,
            language: try language(input.language) ?? identity.user.language,
            by: identity.principal
        )
        return Envelope.success(user.representation, context: context)
    }

    func preferences(_ request: Request, context: WebContext) async throws -> Response {
        let user = try context.signedIn().user
        return Envelope.success(JSONPart.fields(of: user.preferences), context: context)
    }

    func updatePreferences(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let body = try await request.boundedBody(upTo: 65_536)
        let user = try await services.store.mergePreferences(try JSONPart.object(of: body), by: identity.principal)
        return Envelope.success(JSONPart.fields(of: user.preferences), context: context)
    }

    private func language(_ tag: String?) throws(WebError) -> String? {
        guard let tag else { return nil }
        guard let language = Language(tag: tag) else { throw .invalid("language", "Use en or zh-CN.") }
        return language.rawValue
    }

    private func tokens(for user: User, with grant: RefreshGrant, context: WebContext) async throws -> Response {
        let access = try await services.tokens.issue(for: user.id, family: grant.family)
        let data = JSONObject {
            $0.set("access_token", access)
            $0.set("token_type", "bearer")
            $0.set("expires_in", AccessTokens.lifetime)
            $0.set("refresh_token", grant.token.reveal())
        }
        return Envelope.success(data, context: context)
    }

    /// The user that a password belongs to, or why not; the same words whether the account exists.
    static func accepted(_ result: AuthenticationResult) throws(WebError) -> User {
        switch result {
        case .user(let user): return user
        case .refused: throw WebError(.unauthorized, "E-mail or password is wrong.")
        case .pending: throw WebError(.forbidden, "This account waits for an administrator's approval.")
        case .disabled: throw WebError(.forbidden, "This account is disabled. Ask an administrator.")
        case .locked(let until):
            let seconds = max(1, Int(until.timeIntervalSinceNow.rounded(.up)))
            throw WebError(
                .rateLimited,
                "Too many failed attempts. Try again in \((seconds + 59) / 60) min.",
                retryAfter: seconds
            )
        }
    }
}

extension WebServices {
    /// Writes an audit record; a failure of it must not undo what was done, so it is logged.
    package func record(_ action: String, target: String? = nil, by principal: Principal, address: String?) async {
        do {
            try await store.audit(action, target: target, detail: "{}", by: principal, address: address)
        } catch {
            logger.error("The audit record was not written", metadata: ["action": "\(action)", "error": "\(error)"])
        }
    }
}

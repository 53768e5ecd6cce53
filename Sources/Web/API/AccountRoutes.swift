package import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Storage

/// Signing in, registering, passwords and one's own profile.
struct AccountRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .post,
            "/v1/login/access-token",
            .account,
            "Signs in",
            about:
                "With e-mail and password, as OAuth2 has it. The access token holds for half an hour; the refresh token brings another.",
            access: .anyone,
            body: .form([.text("username", "The e-mail address."), .text("password")]),
            replies: [.object(.tokens)],
            errors: [.unauthorized, .forbidden],
            use: signIn
        )
        Endpoint(
            .post,
            "/v1/login/refresh-token",
            .account,
            "Changes a refresh token for new tokens",
            about: "Each works once. One that comes a second time ends all that came from it.",
            access: .anyone,
            body: .json(RefreshInput.self),
            replies: [.object(.tokens)],
            errors: [.unauthorized],
            use: refresh
        )
        Endpoint(
            .post,
            "/v1/logout",
            .account,
            "Ends what a refresh token has begun",
            access: .anyone,
            body: .json(RefreshInput.self),
            use: signOut
        )
        Endpoint(
            .post,
            "/v1/register",
            .account,
            "Registers somebody",
            about: "Where registration is open, or waits for an administrator.",
            access: .anyone,
            body: .json(
                Registration.self,
                ["email": .length(3...255), "password": .length(8...1000), "nickname": .length(1...50)]
            ),
            replies: [.object(.user, .created)],
            errors: [.forbidden, .conflict],
            use: register
        )
        Endpoint(
            .put,
            "/v1/password/change",
            .account,
            "Changes one's password",
            about: "Ends all other sessions and tokens.",
            access: .inPerson,
            body: .json(PasswordChange.self, ["new_password": .length(8...1000)]),
            use: changePassword
        )
        Endpoint(.get, "/v1/users/me", .account, "Shows oneself", replies: [.object(.me)], use: me)
        Endpoint(
            .get,
            "/v1/settings/registration",
            .settings,
            "Shows who may register",
            access: .permitted(.systemRead),
            replies: [.object(.registration)],
            use: registration
        )
        Endpoint(
            .put,
            "/v1/settings/registration",
            .settings,
            "Decides who may register",
            about: "What is left out stays. An address can be asked to be confirmed where the server sends mail.",
            access: .permitted(.systemManage),
            body: .json(RegistrationChange.self, ["mode": .schema(.choice(RegistrationMode.self))]),
            replies: [.object(.registration)],
            use: setRegistration
        )
        Endpoint(
            .put,
            "/v1/users/me",
            .account,
            "Changes one's profile",
            about: "What is left out stays; preferences are merged.",
            body: .json(
                ProfileChange.self,
                [
                    "nickname": .length(1...50),
                    "language": .about("`en` or `zh-CN`; what begins like one of them is taken as it."),
                ]
            ),
            replies: [.object(.user)],
            use: updateMe
        )
        Endpoint(
            .get,
            "/v1/users/me/preferences",
            .account,
            "Shows one's preferences",
            replies: [.object(.map)],
            use: preferences
        )
        Endpoint(
            .patch,
            "/v1/users/me/preferences",
            .account,
            "Merges into one's preferences",
            body: .json(OwnObject.self),
            replies: [.object(.map)],
            use: updatePreferences
        )
    }

    func signIn(_ form: Form, _ request: Request, context: WebContext) async throws -> Response {
        let result = try await services.store.authenticate(
            email: form.trimmed("username"),
            password: Secret(form["password"]),
            address: context.remoteAddress
        )
        let user = try AccountRoutes.accepted(result)
        await services.record("session.token_issued", by: user.principal, address: context.remoteAddress)
        return try await tokens(for: user, with: services.store.issueRefreshToken(user: user.id), context: context)
    }

    struct RefreshInput: Decodable, Sendable { var refreshToken: String }

    func refresh(_ input: RefreshInput, _ request: Request, context: WebContext) async throws -> Response {
        switch try await services.store.rotateRefreshToken(Secret(input.refreshToken)) {
        case .rotated(let grant, let user): return try await tokens(for: user, with: grant, context: context)
        case .refused: throw WebError(.unauthorized, "The refresh token is not valid any more. Sign in again.")
        }
    }

    func signOut(_ input: RefreshInput, _ request: Request, context: WebContext) async throws -> Response {
        try await services.store.revokeRefreshToken(Secret(input.refreshToken))
        return Envelope.noContent(context: context)
    }

    struct Registration: Decodable, Sendable {
        var email: String
        var password: String
        var nickname: String?
    }

    func register(_ input: Registration, _ request: Request, context: WebContext) async throws -> Response {
        let policy = try await services.store.registrationPolicy()
        guard let status = policy.firstStatus(sendsMail: services.settings.sendsMail) else {
            throw WebError(.forbidden, "Registration is closed. Ask an administrator.")
        }
        let user = try await services.store.register(
            email: input.email,
            password: Secret(input.password),
            nickname: input.nickname,
            language: context.language.rawValue,
            status: status
        )
        if status == .unverified { await services.notify(.verification, user) }
        return Envelope.success(user.representation, status: .created, context: context)
    }

    struct PasswordChange: Decodable, Sendable {
        var currentPassword: String
        var newPassword: String
    }

    func changePassword(_ input: PasswordChange, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.inPerson()
        let isChanged = try await services.store.changePassword(
            current: Secret(input.currentPassword),
            new: Secret(input.newPassword),
            keepingSession: nil,
            by: identity.principal
        )
        guard isChanged else { throw WebError.invalid("current_password", "This is not the current password.") }
        await services.passwordChanged(identity, address: context.remoteAddress)
        return Envelope.noContent(context: context)
    }

    func registration(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.permitted(.systemRead)
        return Envelope.success(try await services.store.registrationPolicy().representation, context: context)
    }

    struct RegistrationChange: Decodable, Sendable {
        var mode: String?
        var emailVerification: Bool?
    }

    func setRegistration(
        _ input: RegistrationChange,
        _ request: Request,
        context: WebContext
    ) async throws -> Response {
        let identity = try context.permitted(.systemManage)
        var policy = try await services.store.registrationPolicy()
        if let name = input.mode {
            guard let mode = RegistrationMode(rawValue: name) else {
                throw WebError.invalid("mode", "Use open, approval or closed.")
            }
            policy.mode = mode
        }
        policy.verifiesEmail = input.emailVerification ?? policy.verifiesEmail
        try services.check(policy)
        _ = try await services.store.setRegistrationPolicy(
            policy,
            by: identity.principal,
            address: context.remoteAddress
        )
        return Envelope.success(policy.representation, context: context)
    }

    func me(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        var me = identity.user.representation
        me.set("permissions", Permission.allCases.filter(identity.principal.may).map(\.rawValue))
        return Envelope.success(me, context: context)
    }

    struct ProfileChange: Decodable, Sendable {
        var nickname: String?
        var timezone: String?
        var language: String?
        var preferences: OwnObject?
    }

    func updateMe(_ input: ProfileChange, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        if let preferences = input.preferences {
            _ = try await services.store.mergePreferences(preferences.text, by: identity.principal)
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

    func updatePreferences(
        _ input: OwnObject,
        _ request: Request,
        context: WebContext
    ) async throws -> Response {
        let identity = try context.signedIn()
        let user = try await services.store.mergePreferences(input.text, by: identity.principal)
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
        case .unverified:
            throw WebError(.forbidden, "Confirm the e-mail address first: the link is in the mail that you were sent.")
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
    /// Writes an audit record; a failure of it must not undo what was done, so it is logged. `before` and `after` say what
    /// has changed, without secrets.
    package func record(
        _ action: String,
        target: String? = nil,
        before: [String: JSONValue] = [:],
        after: [String: JSONValue] = [:],
        by principal: Principal,
        address: String?
    ) async {
        do {
            let entry = AuditEntry(action, target: target, before: before, after: after)
            try await store.audit(entry, by: principal, address: address)
        } catch {
            logger.error("The audit record was not written", metadata: ["action": "\(action)", "error": "\(error)"])
        }
    }
}

extension Schema {
    fileprivate static let me = user.adding("Me", [.list("permissions", of: .choice(Permission.self))])
    fileprivate static let registration = object(
        "Registration",
        [.field("mode", .choice(RegistrationMode.self)), .flag("email_verification")]
    )
    fileprivate static let tokens = object(
        "Tokens",
        [
            .text("access_token"), .choice("token_type", "bearer"), .integer("expires_in", "Seconds."),
            .text("refresh_token"),
        ]
    )
}

import Engine
import Foundation
import Hummingbird
import Storage

/// Signing in by tokens, and one's own password.
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
            body: .form([
                .field("username", .text(1...255).about("The e-mail address.")), .field("password", .text(1...1000)),
            ]),
            replies: [.object(.tokens)],
            errors: [.unauthorized, .forbidden],
            key: .nobody,
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
            key: .nobody,
            use: refresh
        )
        Endpoint(
            .post,
            "/v1/logout",
            .account,
            "Ends what a refresh token has begun",
            access: .anyone,
            body: .json(RefreshInput.self),
            key: .nobody,
            use: signOut
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
    }

    func signIn(_ form: Form, _ request: Request, context: WebContext) async throws -> Response {
        let (email, password) = (form.trimmed("username"), form["password"])
        let missing = [("username", email), ("password", password)].filter { $0.1.isEmpty }.map { $0.0 }
        guard missing.isEmpty else { throw WebError.needed(missing) }
        let result = try await services.store.authenticate(
            email: email,
            password: Secret(password),
            address: context.remoteAddress
        )
        let (user, proof) = try AccountRoutes.accepted(result)
        let grant = try await services.store.issueRefreshToken(
            user: user.id,
            proof: proof,
            by: user.principal,
            address: context.remoteAddress
        )
        return try await tokens(for: user, with: grant, context: context)
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
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isChanged else { throw WebError.invalid("current_password", "This is not the current password.") }
        await services.notify(.passwordChanged, identity.user)
        return Envelope.noContent(context: context)
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
    static func accepted(_ result: AuthenticationResult) throws(WebError) -> (User, PasswordProof) {
        switch result {
        case .user(let user, let proof): return (user, proof)
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

extension Schema {
    fileprivate static let tokens = object(
        "Tokens",
        [
            .text("access_token"), .choice("token_type", "bearer"), .integer("expires_in", "Seconds."),
            .text("refresh_token"),
        ]
    )
}

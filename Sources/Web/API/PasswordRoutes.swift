import Engine
import Foundation
import Hummingbird
import Logging
import Storage

/// Passwords that were forgotten, and e-mail addresses that are to be confirmed: by links in mails, or from an administrator.
struct PasswordRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .post,
            "/v1/password/forgot",
            .account,
            "Mails a link for a new password",
            about: "The same answer, after the same time, whether there is such an account or not.",
            access: .anyone,
            body: .json(Address.self, ["email": .length(3...255)]),
            replies: [.object(.accepted, .accepted)],
            errors: [.forbidden],
            use: forgot
        )
        Endpoint(
            .post,
            "/v1/password/reset",
            .account,
            "Chooses a new password by a link",
            about: "The token of the link is good once. All sessions and tokens of the account end.",
            access: .anyone,
            body: .json(PasswordReset.self, ["new_password": .length(8...1000)]),
            use: reset
        )
        Endpoint(
            .post,
            "/v1/email-verification",
            .account,
            "Mails a link to confirm an address",
            about: "The same answer, after the same time, whether there is such an account or not.",
            access: .anyone,
            body: .json(Address.self, ["email": .length(3...255)]),
            replies: [.object(.accepted, .accepted)],
            errors: [.forbidden],
            use: requestVerification
        )
        Endpoint(
            .post,
            "/v1/email-verification/confirmation",
            .account,
            "Confirms an address by a link",
            about:
                "With the password that was chosen when the address was registered: another person may have registered with it. With `replace` the password becomes the account's, and all sessions and tokens end. The token is good until the address is confirmed. The answer says whether the account may be used now, or waits for an administrator.",
            access: .anyone,
            body: .json(Confirmation.self, ["password": .length(1...1000)]),
            replies: [.object(.confirmed)],
            use: verify
        )
        Endpoint(
            .post,
            "/v1/users/{id}/password-links",
            .users,
            "Makes a link for a new password",
            about: "Good for a day and one use. With `send` it goes by mail, else it is in the answer.",
            access: .permitted(.userUpdate),
            body: .json(LinkWish.self),
            replies: [.object(.passwordLink, .created)],
            use: handOut
        )
    }

    struct Address: Decodable, Sendable { var email: String }

    struct PasswordReset: Decodable, Sendable {
        var token: String
        var newPassword: String
    }

    struct Confirmation: Decodable, Sendable {
        var token: String
        var password: String
        var replace: Bool?
    }

    struct LinkWish: Decodable, Sendable { var send: Bool? }

    /// `{"email"}`. The same answer, after the same time, whether there is such an account or not.
    func forgot(_ input: Address, _ request: Request, context: WebContext) async throws -> Response {
        try await queue(.passwordReset, input, context: context)
    }

    /// `{"email"}`: the mail for confirming the address once more.
    func requestVerification(_ input: Address, _ request: Request, context: WebContext) async throws -> Response {
        try await queue(.verification, input, context: context)
    }

    /// `{"token", "new_password"}`. The token is good once; all sessions and tokens of the account end.
    func reset(_ input: PasswordReset, _ request: Request, context: WebContext) async throws -> Response {
        let user = try await services.resetPassword(
            link: Secret(input.token),
            new: Secret(input.newPassword),
            address: context.remoteAddress
        )
        guard user != nil else { throw WebError.usedLink }
        return Envelope.noContent(context: context)
    }

    /// `{"token", "password", "replace"?}`. The answer says whether the account may be used now, or waits for an administrator.
    func verify(_ input: Confirmation, _ request: Request, context: WebContext) async throws -> Response {
        let confirmation = try await services.confirmEmail(
            link: Secret(input.token),
            password: Secret(input.password),
            replacing: input.replace ?? false,
            address: context.remoteAddress
        )
        guard case .confirmed(let user, _) = confirmation else {
            throw confirmation == .used ? WebError.usedLink : .otherPassword
        }
        let data = JSONObject {
            $0.set("email", user.email)
            $0.set("status", user.status.rawValue)
        }
        return Envelope.success(data, context: context)
    }

    /// `user:update`. `{"send": true}` mails the link; else it is in the answer, to be handed out.
    func handOut(_ input: LinkWish, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.userUpdate)
        let made = try await services.passwordLink(
            user: context.identifier("id"),
            byMail: input.send ?? false,
            by: identity.principal,
            request: request,
            context: context
        )
        guard let made else { throw WebError.notFound }
        return Envelope.success(made.representation, status: .created, context: context)
    }

    private func queue(_ kind: MailKind, _ input: Address, context: WebContext) async throws -> Response {
        try await services.queueMail(kind, to: input.email, context: context)
        return Envelope.success(JSONObject { $0.set("status", "accepted") }, status: .accepted, context: context)
    }
}

extension RegistrationPolicy {
    var representation: JSONObject {
        JSONObject {
            $0.set("mode", mode.rawValue)
            $0.set("email_verification", verifiesEmail)
        }
    }
}

extension WebServices {
    /// Nobody is asked to confirm an address to which nothing is sent.
    func check(_ policy: RegistrationPolicy) throws(WebError) {
        guard !policy.verifiesEmail || settings.sendsMail else {
            throw .invalid("email_verification", "This server sends no mail: see ALMA_SMTP_SERVER.")
        }
    }
}

extension Schema {
    fileprivate static let accepted = object("Accepted", [.choice("status", "accepted")])
    fileprivate static let confirmed = object(
        "ConfirmedAddress",
        [.text("email"), .field("status", .choice(UserStatus.self))]
    )
    static let passwordLink = object(
        "PasswordLink",
        [.text("url", "Null when it is sent by mail.").orNull, .date("expires_at").orNull, .flag("is_mailed")]
    )
}

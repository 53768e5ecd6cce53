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
            about: "The answer says whether the account may be used now, or waits for an administrator.",
            access: .anyone,
            body: .json(LinkToken.self),
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

    struct LinkToken: Decodable, Sendable { var token: String }

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

    /// `{"token"}`. The answer says whether the account may be used now, or waits for an administrator.
    func verify(_ input: LinkToken, _ request: Request, context: WebContext) async throws -> Response {
        let user = try await services.store.confirmEmail(link: Secret(input.token), address: context.remoteAddress)
        guard let user else { throw WebError.usedLink }
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

extension WebError {
    static let usedLink = WebError.invalid("token", "This link was used already, or is too old. Ask for another one.")

    static let noMail = WebError(.forbidden, "This server sends no mail. Ask an administrator for a link.")
}

/// A link for a new password, as an administrator gets to see it.
struct HandedOutLink: Sendable {
    /// nil when it is sent by mail.
    var url: String?
    var expiresAt: Date?

    var representation: JSONObject {
        JSONObject {
            $0.set("url", url)
            $0.set("expires_at", expiresAt)
            $0.set("is_mailed", url == nil)
        }
    }
}

extension WebServices {
    /// Throws `.noMail` where none is sent, and 429 for one who asks for too many; says nothing of the account.
    func queueMail(_ kind: MailKind, to email: String, context: WebContext) async throws {
        guard settings.sendsMail else { throw WebError.noMail }
        let wish = try await store.queueMail(
            kind,
            to: email,
            language: context.language.rawValue,
            from: context.remoteAddress
        )
        guard wish == .taken else {
            throw WebError(.rateLimited, "Too many mails were asked for. Try again in an hour.", retryAfter: 3600)
        }
    }

    /// nil when the link is not good; its person is told by mail.
    func resetPassword(link: Secret, new: Secret, address: String?) async throws -> User? {
        guard let user = try await store.resetPassword(link: link, new: new, address: address) else { return nil }
        await notify(.passwordChanged, user)
        return user
    }

    /// nil when there is no such account that may be used.
    func passwordLink(
        user id: UUID,
        byMail: Bool,
        by principal: Principal,
        request: Request,
        context: WebContext
    ) async throws -> HandedOutLink? {
        if byMail {
            guard settings.sendsMail else { throw WebError.noMail }
            guard try await store.mailPasswordLink(user: id, by: principal, address: context.remoteAddress) else {
                return nil
            }
            return HandedOutLink()
        }
        let link = try await store.handOutPasswordLink(user: id, by: principal, address: context.remoteAddress)
        return link.map {
            HandedOutLink(url: LinkPlace(base: base(request)).password($0.token), expiresAt: $0.expiresAt)
        }
    }

    /// Somebody has changed their own password: it is written down, and they are told.
    func passwordChanged(_ identity: Identity, address: String?) async {
        await record("password.changed", by: identity.principal, address: address)
        await notify(.passwordChanged, identity.user)
    }

    /// Tells somebody what has happened to their account, where mail is sent.
    func notify(_ kind: MailKind, _ user: User) async {
        guard settings.sendsMail else { return }
        do {
            _ = try await store.queueMail(kind, to: user.email, language: user.language, from: nil)
        } catch {
            logger.error("A mail was not queued", metadata: ["kind": "\(kind.rawValue)", "error": "\(error)"])
        }
    }

    /// The address of this server for one who uses it now: only for their own eyes, because they name it.
    func base(_ request: Request) -> String {
        settings.publicURL ?? (settings.secureCookies ? "https://" : "http://")
            + (request.head.authority ?? "localhost")
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

import Engine
import Foundation
import Hummingbird
import Logging
import Storage

extension WebError {
    static let usedLink = WebError.invalid("token", "This link was used already, or is too old. Ask for another one.")

    static let otherPassword = WebError.invalid(
        "password",
        "This is not the password that was chosen when this address was registered. With `replace` it becomes the password."
    )

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

    /// Whose password is another one now is told by mail, like after a reset.
    func confirmEmail(
        link: Secret,
        password: Secret,
        replacing: Bool,
        address: String?
    ) async throws -> EmailConfirmation {
        let confirmation = try await store.confirmEmail(
            link: link,
            password: password,
            replacing: replacing,
            address: address
        )
        if case .confirmed(let user, isNew: true) = confirmation { await notify(.passwordChanged, user) }
        return confirmation
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

    /// Tells somebody what has happened to their account, where mail is sent. `address`: of a stranger on whose word it is sent.
    func notify(_ kind: MailKind, _ user: User, from address: String? = nil) async {
        guard settings.sendsMail else { return }
        do {
            _ = try await store.queueMail(kind, to: user.email, language: user.language, from: address)
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

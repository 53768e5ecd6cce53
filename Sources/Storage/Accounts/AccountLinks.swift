package import Engine
package import Foundation
import Postgres

/// What a link into an account is for. The raw values are `account_links.purpose`.
package enum AccountLinkPurpose: String, Sendable, Bindable, ColumnValue {
    /// To choose a password.
    case password
    /// To confirm the e-mail address.
    case verification
}

/// A link into an account, as it is handed out this one time: good for one use.
package struct AccountLink: Sendable {
    package var token: Secret
    package var expiresAt: Date
}

extension Store {
    /// For those with `user:update`: a link by which somebody chooses a password, good for a day. nil when there is no such
    /// account that may be used. It is written into the audit.
    package func handOutPasswordLink(
        user id: UUID,
        by principal: Principal,
        address: String?
    ) async throws -> AccountLink? {
        guard let user = try await ruled(id, by: principal) else { return nil }
        let entry = AuditEntry("user.password_link_made", target: user.id.text)
        return try await makeLink(
            .password,
            user: user.id,
            lifetime: "interval '1 day'",
            audit: entry.insertion(for: "made", by: principal, address: address)
        )
    }

    /// The same by mail, good for seven days; false when there is no such account that may be used.
    package func mailPasswordLink(user id: UUID, by principal: Principal, address: String?) async throws -> Bool {
        guard let user = try await ruled(id, by: principal) else { return false }
        let entry = AuditEntry("user.password_link_mailed", target: user.id.text)
        let answers = try await batch(
            [
                """
                insert into mails (mail_id, kind, recipient, language)
                values (\(UUID.v7()), \(MailKind.invitation), \(user.email), \(user.language))
                """,
                entry.insertion(for: "(values (1)) one", by: principal, address: address),
            ],
            by: .system
        )
        return answers[0].affected == 1
    }

    /// The active account that `principal` may sign out, or give a new password; nil when there is none. Throws `.forbidden`.
    func ruled(_ id: UUID, by principal: Principal) async throws -> User? {
        guard principal.may(.userUpdate), let user = try await user(id, by: .system), user.isActive else { return nil }
        try await demandRule(over: user, by: principal)
        return user
    }

    func makeLink(
        _ purpose: AccountLinkPurpose,
        user: UUID,
        lifetime: Query,
        audit: Query? = nil
    ) async throws -> AccountLink? {
        let token = RandomToken.make()
        var audited: Query = ""
        if let audit { audited = ", audited as (\(audit))" }
        let row = try await query(
            """
            with made as (
                insert into account_links (link_id, user_id, purpose, token_hash, expires_at)
                select \(UUID.v7())::uuid, user_id, \(purpose), \(RandomToken.hash(token)), now() + \(lifetime)
                from users where user_id = \(user)
                returning expires_at
            )\(audited)
            select expires_at from made
            """,
            by: .system
        ).first
        return try row.map { AccountLink(token: token, expiresAt: try $0.get("expires_at")) }
    }
}

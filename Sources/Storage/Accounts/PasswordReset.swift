package import Engine
import Foundation
import Postgres

extension Store {
    /// Whose account a link opens, while it is good.
    package func user(passwordLink token: Secret) async throws -> User? {
        try await query(
            """
            select \(User.columns) from account_links l
            join users u on u.user_id = l.user_id and u.status = 'active' \(User.statistics)
            where l.token_hash = \(RandomToken.hash(token)) and l.purpose = 'password' and l.expires_at > now()
            """,
            by: .system
        ).first.map(User.init)
    }

    /// Gives an account the password that its person has chosen by a link, which is used up. All sessions and tokens end, and what
    /// was counted against the account is forgiven. nil when the link is not good (any more).
    package func resetPassword(link token: Secret, new: Secret, address: String?) async throws -> User? {
        guard let user = try await user(passwordLink: token) else { return nil }
        try PasswordRule.check(new, email: user.email, field: "new_password")
        let hash = try await passwords.hash(new)
        let entry = AuditEntry("password.reset", target: user.id.text)
        let row = try await query(
            """
            with used as (
                delete from account_links where token_hash = \(RandomToken.hash(token)) and purpose = 'password'
                    and expires_at > now()
                returning user_id, token_hash
            ), changed as (
                update users set hashed_password = \(hash), tokens_valid_after = now() from used
                where users.user_id = used.user_id and users.status = 'active'
                returning users.*, used.token_hash
            ), others as (
                delete from account_links l using changed
                where l.user_id = changed.user_id and l.purpose = 'password' and l.token_hash <> changed.token_hash
            ), ended as (
                delete from sessions using changed where sessions.user_id = changed.user_id
            ), revoked as (
                update refresh_tokens t set revoked_at = now() from changed
                where t.user_id = changed.user_id and t.revoked_at is null
            ), forgiven as (
                update login_attempts set failures = 0, locked_until = null from changed
                where account_hash = \(SignInAttempt.account(user.email))
            ), audited as (
                \(entry.insertion(for: "changed", by: user.principal, address: address))
            )
            select \(User.columns) from changed u \(User.statistics)
            """,
            by: .system
        ).first
        return try row.map(User.init)
    }

    /// Confirms the address that a link was sent to: the account waits for approval now, where that is wanted, or is active. nil
    /// when the link is not good (any more).
    package func confirmEmail(link token: Secret, address: String?) async throws -> User? {
        let row = try await query(
            """
            with used as (
                delete from account_links where token_hash = \(RandomToken.hash(token)) and purpose = 'verification'
                    and expires_at > now()
                returning user_id
            ), changed as (
                update users set email_verified_at = now(), status = case
                    when users.status <> 'unverified' then users.status
                    when \(Self.setting("registration")) = 'approval' then 'pending'
                    else 'active'
                end
                from used where users.user_id = used.user_id
                returning users.*
            )
            select \(User.columns) from changed u \(User.statistics)
            """,
            by: .system
        ).first
        return try row.map(User.init)
    }

    /// An expression for what a setting says.
    static func setting(_ name: String) -> Query { "(select value from settings where name = \(name))" }
}

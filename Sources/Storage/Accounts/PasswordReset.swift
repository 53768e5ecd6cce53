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
        let change: Query = """
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
            ), \(Self.endings(for: user.email)), audited as (
                \(entry.insertion(for: "changed", by: user.principal, address: address))
            )
            select \(User.columns) from changed u \(User.statistics)
            """
        return try await batch(Self.locked(.user(user.id)) + [change], by: .system).last?.first.map(User.init)
    }

    /// What a new password brings with it, for the accounts of `changed` in the same statement: all sessions and tokens end, and
    /// what was counted against the account is forgiven.
    static func endings(for email: String) -> Query {
        """
        ended as (
            delete from sessions using changed where sessions.user_id = changed.user_id
        ), revoked as (
            update refresh_tokens t set revoked_at = now() from changed
            where t.user_id = changed.user_id and t.revoked_at is null
        ), forgiven as (
            update login_attempts set failures = 0, locked_until = null from changed
            where account_hash = \(SignInAttempt.account(email))
        )
        """
    }

    /// An expression for what a setting says.
    static func setting(_ name: String) -> Query { "(select value from settings where name = \(name))" }
}

package import Engine
import Foundation
import Postgres

/// What came of a link that confirms an address.
package enum EmailConfirmation: Sendable, Equatable {
    /// The address is its person's: the account is active, or waits for an administrator. `isNew`: with another password.
    case confirmed(User, isNew: Bool)
    /// Not the password that was chosen when the address was registered. The link stays good.
    case otherPassword
    /// The link was used already, or is too old.
    case used
}

extension Store {
    /// Confirms the address that a link was sent to, for whoever also knows the password of the account: others could have
    /// registered with the address, and would have an account with it as soon as its owner follows the link. With `replacing` the
    /// password becomes the account's, as by a reset. The account is active then, or waits for approval where registration is not
    /// open (any more).
    package func confirmEmail(
        link token: Secret,
        password: Secret,
        replacing: Bool = false,
        address: String?
    ) async throws -> EmailConfirmation {
        let row = try await query(
            """
            select u.hashed_password, \(User.columns) from account_links l
            join users u on u.user_id = l.user_id and u.status <> 'deleted' \(User.statistics)
            where l.token_hash = \(RandomToken.hash(token)) and l.purpose = 'verification' and l.expires_at > now()
            """,
            by: .system
        ).first
        guard let row else { return .used }
        let (user, hash): (User, String) = (try User(row), try row.get("hashed_password"))
        let isSame = try await passwords.matches(password, hash)
        guard isSame || replacing else { return .otherPassword }
        var newHash: String?
        if !isSame {
            try PasswordRule.check(password, email: user.email, field: "password")
            newHash = try await passwords.hash(password)
        }
        let statement = confirmation(of: user, link: token, hash: hash, newHash: newHash, address: address)
        let answers = try await batch(Self.locked(.user(user.id)) + [statement], by: .system)
        guard let confirmed = try answers.last?.first.map(User.init) else { return .used }
        return .confirmed(confirmed, isNew: newHash != nil)
    }

    /// Of an account whose password is still the one that was compared.
    private func confirmation(
        of user: User,
        link token: Secret,
        hash: String,
        newHash: String?,
        address: String?
    ) -> Query {
        var endings: Query = ""
        if newHash != nil {
            let entry = AuditEntry("password.reset", target: user.id.text)
            let audit = entry.insertion(for: "changed", by: user.principal, address: address)
            endings = ", \(Self.endings(for: user.email)), audited as (\(audit))"
        }
        return """
            with used as (
                delete from account_links l using users u
                where l.token_hash = \(RandomToken.hash(token)) and l.purpose = 'verification' and l.expires_at > now()
                    and u.user_id = l.user_id and u.hashed_password = \(hash)
                returning l.user_id
            ), changed as (
                update users set email_verified_at = now(),
                    hashed_password = coalesce(\(newHash), users.hashed_password),
                    tokens_valid_after = case when \(newHash != nil)::boolean then now() else tokens_valid_after end,
                    status = case
                        when users.status <> 'unverified' then users.status
                        when \(Self.setting("registration")) = 'open' then 'active'
                        else 'pending'
                    end
                from used where users.user_id = used.user_id
                returning users.*
            )\(endings)
            select \(User.columns) from changed u \(User.statistics)
            """
    }
}

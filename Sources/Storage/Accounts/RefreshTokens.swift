package import Engine
package import Foundation
import Postgres

/// What came of presenting a refresh token.
package enum RefreshResult: Sendable {
    case rotated(Secret, User)
    case refused
}

/// An account as an access token names it.
package struct AccountIdentity: Sendable {
    package var user: User
    package var principal: Principal
    /// Access tokens that were issued before are void.
    package var tokensValidAfter: Date
}

extension Store {
    private static let refreshLifetime: Query = "interval '30 days'"

    /// The first token of a new family, good for 30 days and one use.
    package func issueRefreshToken(user: UUID) async throws -> Secret {
        let token = RandomToken.make()
        let made = try await query(
            """
            insert into refresh_tokens (token_id, family_id, user_id, token_hash, expires_at)
            select \(UUID.v7())::uuid, \(UUID.v7())::uuid, user_id, \(RandomToken.hash(token)), now() + \(Self.refreshLifetime)
            from users where user_id = \(user) and status = 'active'
            """,
            by: .system
        )
        guard made.affected == 1 else { throw StorageError(.failed, "There is no account to sign in to.") }
        return token
    }

    /// Gives a new token for an unused one. A used one means that two have it: the whole family is revoked, and both
    /// have to sign in again.
    package func rotateRefreshToken(_ token: Secret) async throws -> RefreshResult {
        let (hash, fresh, freshID) = (RandomToken.hash(token), RandomToken.make(), UUID.v7())
        let answers = try await batch(
            [
                """
                with presented as (
                    update refresh_tokens t set used_at = now(), replaced_by = \(freshID)
                    from users u
                    where t.token_hash = \(hash) and t.used_at is null and t.revoked_at is null and t.expires_at > now()
                        and u.user_id = t.user_id and u.status = 'active'
                    returning t.family_id, t.user_id
                ), issued as (
                    insert into refresh_tokens (token_id, family_id, user_id, token_hash, expires_at)
                    select \(freshID)::uuid, family_id, user_id, \(RandomToken.hash(fresh)), now() + \(Self.refreshLifetime)
                    from presented
                )
                select \(User.columns) from presented join users u using (user_id) \(User.statistics)
                """,
                """
                update refresh_tokens set revoked_at = now()
                where revoked_at is null and family_id = (
                    select family_id from refresh_tokens where token_hash = \(hash) and replaced_by <> \(freshID)
                )
                """,
            ],
            by: .system
        )
        guard let row = answers.first?.first else { return .refused }
        return .rotated(fresh, try User(row))
    }

    /// Ends a token's whole family, as when its owner signs out.
    package func revokeRefreshToken(_ token: Secret) async throws {
        try await query(
            """
            update refresh_tokens set revoked_at = now()
            where revoked_at is null and family_id = (
                select family_id from refresh_tokens where token_hash = \(RandomToken.hash(token))
            )
            """,
            by: .system
        )
    }

    /// Who an access token speaks for; nil when the account is not active.
    package func identity(user: UUID) async throws -> AccountIdentity? {
        let row = try await query(
            """
            select u.tokens_valid_after, \(User.columns) from users u \(User.statistics)
            where u.user_id = \(user) and u.status = 'active'
            """,
            by: .system
        ).first
        guard let row else { return nil }
        let user = try User(row)
        return AccountIdentity(
            user: user,
            principal: user.principal,
            tokensValidAfter: try row.get("tokens_valid_after")
        )
    }
}

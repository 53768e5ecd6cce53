package import Engine
package import Foundation
import Postgres

/// A refresh token, shown once, and the family that it belongs to: all that followed from one sign-in.
package struct RefreshGrant: Sendable {
    package var token: Secret
    package var family: UUID
}

/// What came of presenting a refresh token.
package enum RefreshResult: Sendable {
    case rotated(RefreshGrant, User)
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
    /// `proof`: of the password that was checked for it. Throws `.forbidden` when that is the password no longer. `principal`: in
    /// whose name it is written down in the audit.
    package func issueRefreshToken(
        user: UUID,
        proof: PasswordProof? = nil,
        by principal: Principal? = nil,
        address: String? = nil
    ) async throws -> RefreshGrant {
        let (token, family) = (RandomToken.make(), UUID.v7())
        let answers = try await batch(
            [
                Self.signingIn(user),
                """
                with issued as (
                    insert into refresh_tokens (token_id, family_id, user_id, token_hash, expires_at)
                    select \(UUID.v7())::uuid, \(family)::uuid, user_id, \(RandomToken.hash(token)),
                        now() + \(Self.refreshLifetime)
                    from users where user_id = \(user) and \(Self.maySignIn(proof))
                    returning user_id
                )\(Self.audited("session.token_issued", for: "issued", by: principal, address: address))
                select from issued
                """,
            ],
            by: .system
        )
        guard answers[1].affected == 1 else { throw Self.noSignIn }
        return RefreshGrant(token: token, family: family)
    }

    /// Gives a new token for an unused one. A used one means that two have it: the whole family is revoked, and both
    /// have to sign in again.
    package func rotateRefreshToken(_ token: Secret) async throws -> RefreshResult {
        let (hash, fresh, freshID) = (RandomToken.hash(token), RandomToken.make(), UUID.v7())
        let answers = try await batch(
            [
                // A new password revokes what it finds: this one must be there by then, or come after it.
                """
                select from users u where u.user_id = (select user_id from refresh_tokens where token_hash = \(hash))
                for share
                """,
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
                select presented.family_id, \(User.columns) from presented join users u using (user_id) \(User.statistics)
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
        guard let row = answers[1].first else { return .refused }
        return .rotated(RefreshGrant(token: fresh, family: try row.get("family_id")), try User(row))
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

    /// Who an access token speaks for; nil when the account is not active, or the family of refresh tokens that it was
    /// issued with is revoked: by signing out, by a new password, by a token that was used twice.
    package func identity(user: UUID, family: UUID) async throws -> AccountIdentity? {
        let row = try await query(
            """
            select u.tokens_valid_after, \(User.columns) from users u \(User.statistics)
            where u.user_id = \(user) and u.status = 'active' and \(Self.isHeld(family, by: "u.user_id"))
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

    /// Whether a family is a person's, and not revoked.
    static func isHeld(_ family: UUID?, by user: Query) -> Query {
        """
        exists (
            select from refresh_tokens t
            where t.family_id = \(family) and t.user_id = \(user) and t.revoked_at is null
        )
        """
    }
}

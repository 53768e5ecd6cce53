package import Engine
package import Foundation
import Postgres

extension Store {
    /// The token is shown once, to go into the cookie; here only its hash stays.
    package func startSession(
        user: UUID,
        userAgent: String?,
        address: String?,
        lifetime: Duration
    ) async throws -> (token: Secret, session: Session) {
        let token = RandomToken.make()
        let row = try await query(
            """
            with s as (
                insert into sessions (
                    session_id, token_hash, user_id, org_id, csrf_token, user_agent, address, expires_at
                )
                select \(UUID.v7())::uuid, \(RandomToken.hash(token)), user_id, home_org_id,
                    \(RandomToken.make().reveal()), \(userAgent.map { String($0.prefix(200)) }),
                    \(address.map { String($0.prefix(64)) }),
                    now() + \(Int(lifetime.components.seconds))::integer * interval '1 second'
                from users where user_id = \(user) and status = 'active'
                returning *
            )
            select \(Session.columns) from s
            """,
            by: .system
        ).first
        guard let row else { throw StorageError(.failed, "There is no account to sign in to.") }
        return (token, try Session(row))
    }

    /// One round trip, as it stands before every request; a second one at most once a minute, to say "seen".
    package func session(token: Secret) async throws -> SessionIdentity? {
        let row = try await query(
            """
            select \(Session.columns), s.org_id, s.last_seen_at < now() - interval '1 minute' as is_stale, \(User.columns)
            from sessions s
            join users u on u.user_id = s.user_id and u.status = 'active'
            \(User.statistics)
            where s.token_hash = \(RandomToken.hash(token)) and s.expires_at > now()
            """,
            by: .system
        ).first
        guard let row else { return nil }
        let session = try Session(row)
        if try row.get("is_stale") {
            try await query("update sessions set last_seen_at = now() where session_id = \(session.id)", by: .system)
        }
        let user = try User(row)
        let organisation: UUID = try row.get("org_id")
        let principal = Principal.member(user: user.id, organisation: organisation, role: user.role)
        return SessionIdentity(session: session, user: user, principal: principal)
    }

    /// False when the person has no such session.
    @discardableResult
    package func endSession(_ id: UUID, by principal: Principal) async throws -> Bool {
        try await query(
            "delete from sessions where session_id = \(id) and user_id = \(principal.userID)",
            by: principal
        ).affected == 1
    }

    /// Whether a stream that was opened earlier may go on: the account is active, and the session still there by which it
    /// was opened, or the key, or the token of `tokenTime` and of a family of refresh tokens not taken back.
    package func isStillAllowed(
        user: UUID,
        session: UUID?,
        tokenTime: Date? = nil,
        family: UUID? = nil,
        key: UUID? = nil
    ) async throws -> Bool {
        try await query(
            """
            select exists (
                select from users where user_id = \(user) and status = 'active'
                    and (\(session)::uuid is null or exists (
                        select from sessions where session_id = \(session) and user_id = \(user) and expires_at > now()
                    ))
                    and (\(key)::uuid is null or exists (
                        select from api_keys k where k.key_id = \(key) and k.user_id = users.user_id and \(Self.isUnexpired)
                    ))
                    and (\(family)::uuid is null or \(Self.isHeld(family, by: "users.user_id")))
                    and (\(tokenTime)::timestamptz is null
                        or date_trunc('second', \(tokenTime)::timestamptz) >= date_trunc('second', tokens_valid_after))
            ) as is_allowed
            """,
            by: .system
        ).first?.get("is_allowed") ?? false
    }
}

package import Engine
package import Foundation
import Postgres

extension Store {
    /// The token is shown once, to go into the cookie; here only its hash stays.
    /// `proof`: of the password that was checked for it. Throws `.forbidden` when that is the password no longer. `principal`: in
    /// whose name it is written down in the audit.
    package func startSession(
        user: UUID,
        proof: PasswordProof? = nil,
        userAgent: String?,
        by principal: Principal? = nil,
        address: String?,
        lifetime: Duration
    ) async throws -> (token: Secret, session: Session) {
        let token = RandomToken.make()
        let answers = try await batch(
            [
                Self.signingIn(user),
                """
                with s as (
                    insert into sessions (
                        session_id, token_hash, user_id, org_id, csrf_token, user_agent, address, expires_at
                    )
                    select \(UUID.v7())::uuid, \(RandomToken.hash(token)), user_id, home_org_id,
                        \(RandomToken.make().reveal()), \(userAgent.map { String($0.prefix(200)) }),
                        \(address.map { String($0.prefix(64)) }),
                        now() + \(Int(lifetime.components.seconds))::integer * interval '1 second'
                    from users where user_id = \(user) and \(Self.maySignIn(proof))
                    returning *
                )\(Self.audited("session.started", for: "s", by: principal, address: address))
                select \(Session.columns) from s
                """,
            ],
            by: .system
        )
        guard let row = answers[1].first else { throw Self.noSignIn }
        return (token, try Session(row))
    }

    /// One more part of a `with` that signs somebody in.
    static func audited(
        _ action: String,
        for source: Query,
        by principal: Principal?,
        address: String?
    ) -> Query {
        guard let principal else { return "" }
        return ", audited as (\(AuditEntry(action).insertion(for: source, by: principal, address: address)))"
    }

    /// The first statement of a sign-in: no change of the password or the account goes on beside it.
    static func signingIn(_ user: UUID) -> Query { "select from users where user_id = \(user) for share" }

    /// For a row of `users`.
    static func maySignIn(_ proof: PasswordProof?) -> Query {
        guard let proof else { return "status = 'active'" }
        return "status = 'active' and \(proof.condition)"
    }

    static var noSignIn: StorageError {
        StorageError(.forbidden, "The account has changed at this moment. Sign in again.")
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
}

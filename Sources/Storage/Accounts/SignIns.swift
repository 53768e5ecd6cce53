package import Engine
package import Foundation
import Postgres

/// A browser or a program that somebody is signed in with.
package struct SignedIn: Sendable, Equatable {
    package enum Kind: String, Sendable, Bindable, ColumnValue { case browser, program }

    /// Of a browser its session, of a program its family of refresh tokens.
    package var id: UUID
    package var kind: Kind
    package var userAgent: String?
    package var address: String?
    package var createdAt: Date
    package var lastSeenAt: Date
    package var expiresAt: Date

    package init(
        id: UUID,
        kind: Kind,
        userAgent: String? = nil,
        address: String? = nil,
        createdAt: Date,
        lastSeenAt: Date,
        expiresAt: Date
    ) {
        self.id = id
        self.kind = kind
        self.userAgent = userAgent
        self.address = address
        self.createdAt = createdAt
        self.lastSeenAt = lastSeenAt
        self.expiresAt = expiresAt
    }
}

extension SignedIn {
    /// Rows, one for each.
    static func all(of user: UUID) -> Query {
        """
        select session_id as id, 'browser' as kind, user_agent, address, created_at, last_seen_at, expires_at
        from sessions where user_id = \(user) and expires_at > now()
        union all
        select family_id, 'program', null, null, min(created_at), max(created_at), max(expires_at)
        from refresh_tokens where user_id = \(user)
        group by family_id
        having bool_and(revoked_at is null) and max(expires_at) filter (where used_at is null) > now()
        """
    }
}

extension Store {
    /// Where somebody is signed in, the one used last first: one's own, and everybody's for those with `user:read`. nil when that
    /// is not the asker's to know.
    package func signIns(of user: UUID, by principal: Principal) async throws -> [SignedIn]? {
        guard principal.userID == user || principal.may(.userRead) else { return nil }
        return try await query(
            "\(SignedIn.all(of: user)) order by last_seen_at desc, id",
            by: .system
        ).map { row in
            SignedIn(
                id: try row.get("id"),
                kind: try row.get("kind"),
                userAgent: try row.get("user_agent"),
                address: try row.get("address"),
                createdAt: try row.get("created_at"),
                lastSeenAt: try row.get("last_seen_at"),
                expiresAt: try row.get("expires_at")
            )
        }
    }

    /// Signs one browser or program out: one's own, or another's for those with `user:update`, which is written into the audit.
    /// False when there is no such one.
    package func endSignIn(_ id: UUID, of user: UUID, by principal: Principal, address: String?) async throws -> Bool {
        guard try await mayEnd(user, by: principal) else { return false }
        let ended = try await end(
            user,
            where: "session_id = \(id)",
            families: "family_id = \(id)",
            AuditEntry("session.ended", target: user.text, before: ["session": .string(id.text)]),
            by: principal,
            address: address
        )
        return ended > 0
    }

    /// All but `keeping`; how many there were. nil when that is not the asker's to do.
    package func endSignIns(
        of user: UUID,
        keeping kept: UUID?,
        by principal: Principal,
        address: String?
    ) async throws -> Int? {
        guard try await mayEnd(user, by: principal) else { return nil }
        return try await end(
            user,
            where: "session_id is distinct from \(kept)::uuid",
            families: "family_id is distinct from \(kept)::uuid",
            AuditEntry("sessions.ended", target: user.text),
            by: principal,
            address: address
        )
    }

    private func mayEnd(_ user: UUID, by principal: Principal) async throws -> Bool {
        if principal.userID == user { return true }
        return try await ruled(user, by: principal) != nil
    }

    private func end(
        _ user: UUID,
        where sessions: Query,
        families: Query,
        _ entry: AuditEntry,
        by principal: Principal,
        address: String?
    ) async throws -> Int {
        try await query(
            """
            with ended as (
                delete from sessions where user_id = \(user) and \(sessions) returning session_id as id
            ), revoked as (
                update refresh_tokens set revoked_at = now()
                where user_id = \(user) and revoked_at is null and \(families)
                returning family_id as id
            ), gone as (
                select id from ended union select id from revoked
            ), audited as (
                \(entry.insertion(for: "(select from gone limit 1) once", by: principal, address: address))
            )
            select count(*)::int as number from gone
            """,
            changing: .signIns(of: user),
            by: .system
        ).first?.get("number") ?? 0
    }

    /// For those with `user:read`: somebody's API keys, in all their organisations; nil for others.
    package func apiKeys(of user: UUID, by principal: Principal) async throws -> [APIKey]? {
        guard principal.may(.userRead) else { return nil }
        return try await query(
            "select \(APIKey.columns) from api_keys k where k.user_id = \(user) order by k.key_id desc",
            by: .system
        ).map(APIKey.init)
    }

    /// For those with `user:update`. False when there is no such key.
    package func revokeAPIKey(_ id: UUID, of user: UUID, by principal: Principal, address: String?) async throws -> Bool
    {
        guard try await ruled(user, by: principal) != nil else { return false }
        let entry = AuditEntry("api_key.revoked", target: id.text, before: ["user_id": .string(user.text)])
        return try await query(
            """
            with gone as (delete from api_keys where key_id = \(id) and user_id = \(user) returning key_id),
            audited as (\(entry.insertion(for: "gone", by: principal, address: address)))
            select from gone
            """,
            by: .system
        ).count == 1
    }

    /// For those with `usage:read`: what some people's model calls have cost within 30 days, by currency; empty for others.
    package func recentCosts(of users: [UUID], by principal: Principal) async throws -> [UUID: [String: Decimal]] {
        guard principal.may(.usageRead) else { return [:] }
        await settleCalls()
        let rows = try await query(
            """
            select user_id, currency, sum(cost) as cost from usage_records
            where user_id = any(\(users)::uuid[]) and created_at > now() - interval '30 days' and cost is not null
            group by 1, 2
            """,
            by: .system
        )
        return try rows.reduce(into: [:]) { costs, row in
            costs[try row.get("user_id"), default: [:]][try row.get("currency")] = try row.get("cost")
        }
    }
}

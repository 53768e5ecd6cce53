package import Engine
package import Foundation
import Postgres

extension Store {
    /// Changes an account and writes it into the audit, as one. nil when there is no such account. An account that is switched
    /// off or deleted is signed out everywhere; a deleted one loses its API keys. The last administrator stays one.
    package func changeUser(
        _ id: UUID,
        _ change: UserChange,
        by principal: Principal,
        address: String?
    ) async throws -> User? {
        guard principal.may(.userRead), let old = try await user(id, by: .system) else { return nil }
        let change = try checked(change)
        try change.check(on: old, by: principal)
        guard let entry = change.entry(for: old) else { return old }
        let answers = try await batch(
            [
                // Two administrators who switch each other off at the same moment must not both succeed.
                "select pg_advisory_xact_lock(hashtext('alma.administrators'))",
                statement(change, on: old, entry.insertion(for: "after", by: principal, address: address)),
            ],
            by: .system
        )
        if let row = answers.last?.first { return try User(row) }
        guard change.dethrones(old) else {
            throw StorageError.conflict("status", "Somebody else has changed this account meanwhile. Look at it again.")
        }
        throw StorageError.conflict("role", "This is the last administrator. Make another one first.")
    }

    private func checked(_ change: UserChange) throws -> UserChange {
        var change = change
        change.nickname = try change.nickname.map { try Checks.text($0, "nickname", upTo: 50) }
        change.email = try change.email.map { try Checks.email($0) }
        return change
    }

    private func statement(_ change: UserChange, on old: User, _ audit: Query) -> Query {
        let role = change.role ?? old.role
        let status = change.status ?? old.status
        let isShut = status == .disabled || status == .deleted
        let isNewAddress = change.email.map { $0 != old.email } ?? false
        return """
            with after as (
                update users set
                    nickname = \(change.nickname ?? old.nickname), email = \(change.email ?? old.email), status = \(status),
                    is_superuser = \(role == .administrator)::boolean,
                    role = \(role == .administrator ? AccountRole.member : role),
                    email_verified_at = case when \(isNewAddress)::boolean then null else email_verified_at end,
                    deleted_at = case when \(status == .deleted)::boolean then coalesce(deleted_at, now()) end,
                    tokens_valid_after = case when \(isShut)::boolean then now() else tokens_valid_after end
                where user_id = \(old.id) and status = \(old.status)
                    and is_superuser = \(old.isSuperuser)::boolean
                    and (not \(change.dethrones(old))::boolean or exists (
                        select from users o where o.is_superuser and o.status = 'active' and o.user_id <> \(old.id)
                    ))
                returning *
            ), ended as (
                delete from sessions s using after where \(isShut)::boolean and s.user_id = after.user_id
            ), revoked as (
                update refresh_tokens t set revoked_at = now() from after
                where \(isShut)::boolean and t.user_id = after.user_id and t.revoked_at is null
            ), keys as (
                delete from api_keys k using after where \(status == .deleted)::boolean and k.user_id = after.user_id
            ), audited as (
                \(audit)
            )
            select \(User.columns) from after u \(User.statistics)
            """
    }
}

extension Store {
    /// What somebody has begun and what has not ended, in all their organisations; at most a thousand.
    package func rootRuns(of user: UUID) async throws -> [Run] {
        try await query(
            """
            select \(Run.columns) from runs r
            where r.user_id = \(user) and r.finished_at is null and r.parent_run_id is null limit 1000
            """,
            by: .system
        ).map(Run.init)
    }
}

extension Store {
    /// Makes an account for somebody, active at once, and writes it into the audit. Without a password the person chooses one by
    /// a link. `.conflict("email")` when the address has one.
    package func createUser(
        email: String,
        nickname: String?,
        language: String,
        role: AccountRole,
        password: Secret?,
        by principal: Principal,
        address: String?
    ) async throws -> User {
        guard principal.may(.userCreate) else {
            throw StorageError(.forbidden, "This needs the permission \(Permission.userCreate.rawValue).")
        }
        guard role == .member || principal.may(.userRole) else {
            throw StorageError(.forbidden, "This needs the permission \(Permission.userRole.rawValue).")
        }
        let account = try await newAccount(email, password, nickname, language, .active, role)
        let entry = AuditEntry(
            "user.created",
            target: account.id.text,
            after: ["email": .string(account.email), "role": .string(role.rawValue)]
        )
        let answers = try await batch(
            [
                account.insertion(when: "true"),
                entry.insertion(for: "(values (1)) one", by: principal, address: address),
            ],
            by: .system
        )
        guard let row = answers[0].first else { throw StorageError(.failed, "The account was not made.") }
        return try User(row)
    }
}

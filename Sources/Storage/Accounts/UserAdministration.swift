package import Engine
package import Foundation
import Postgres

extension Store {
    /// Changes an account and writes it into the audit, as one. nil when there is no such account. An account that is switched
    /// off or deleted is signed out everywhere; a deleted one loses its API keys. The last administrator stays one. `tellsByMail`:
    /// whether mail is sent to say at an active account's old address that it has another.
    package func changeUser(
        _ id: UUID,
        _ change: UserChange,
        tellsByMail: Bool = false,
        by principal: Principal,
        address: String?
    ) async throws -> User? {
        guard principal.may(.userRead), let old = try await user(id, by: .system) else { return nil }
        let change = try checked(change)
        try change.check(on: old, by: principal)
        try await demandRule(over: old, by: principal)
        guard let entry = change.entry(for: old) else { return old }
        let answers = try await batch(
            // Two administrators who switch each other off at the same moment must not both succeed.
            ["select pg_advisory_xact_lock(hashtext('alma.administrators'))"] + Self.locked(.user(id)) + [
                statement(
                    change,
                    on: old,
                    tellsByMail: tellsByMail && old.isActive,
                    entry.insertion(for: "after", by: principal, address: address)
                )
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

    private func statement(_ change: UserChange, on old: User, tellsByMail: Bool, _ audit: Query) -> Query {
        let role = change.role ?? old.role
        let status = change.status ?? old.status
        let isShut = status == .disabled || status == .deleted
        let isNewAddress = change.email.map { $0 != old.email } ?? false
        return """
            with after as (
                update users set
                    nickname = coalesce(\(change.nickname), nickname), email = coalesce(\(change.email), email),
                    status = \(status),
                    is_superuser = \(role == .administrator)::boolean,
                    role = \(role == .administrator ? AccountRole.member : role),
                    email_verified_at = case when \(isNewAddress)::boolean then null else email_verified_at end,
                    deleted_at = case when \(status == .deleted)::boolean then coalesce(deleted_at, now()) end,
                    tokens_valid_after = case when \(isShut)::boolean then now() else tokens_valid_after end
                where user_id = \(old.id) and status = \(old.status)
                    and is_superuser = \(old.isSuperuser)::boolean and (is_superuser or role = \(old.role))
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
            ), links as (
                -- What was sent to the old address opens nothing any more.
                delete from account_links l using after
                where \(isNewAddress || isShut)::boolean and l.user_id = after.user_id
            ), mails as (
                update mails set finished_at = now() from after
                where \(isNewAddress)::boolean and recipient = \(old.email) and finished_at is null
            ), told as (
                insert into mails (mail_id, kind, recipient, language)
                select \(UUID.v7())::uuid, \(MailKind.addressChanged), \(old.email), \(old.language) from after
                where \(isNewAddress && tellsByMail)::boolean
            ), audited as (
                \(audit)
            )
            select \(User.columns) from after u \(User.statistics)
            """
    }
}

/// Whose runs are meant.
package enum RunOwner: Sendable {
    case person(UUID)
    case organisation(UUID)
    /// What a person has begun in an organisation.
    case member(UUID, of: UUID)
}

extension Store {
    /// Of `rootRuns`.
    package static let mostRunsAtOnce = 1000

    /// What they have begun and what has not ended, in the order of its keys; at most a thousand, of those after `place`.
    package func rootRuns(of owner: RunOwner, after place: UUID? = nil) async throws -> [Run] {
        let owned: Query =
            switch owner {
            case .person(let user): "r.user_id = \(user)"
            case .organisation(let organisation): "r.org_id = \(organisation)"
            case .member(let user, let organisation): "r.user_id = \(user) and r.org_id = \(organisation)"
            }
        return try await query(
            """
            select \(Run.columns) from runs r
            where \(owned) and r.finished_at is null and r.parent_run_id is null
                and (\(place)::uuid is null or r.run_id > \(place))
            order by r.run_id limit \(Store.mostRunsAtOnce)
            """,
            by: .system
        ).map(Run.init)
    }
}

extension Store {
    /// Makes an account for somebody, active at once, and writes it into the audit. Without a password the person chooses one by
    /// a link. `organisation`: of which they are a member at once, for those with `member:invite`; the account is made with it, or
    /// not at all. `.conflict("email")` when the address has one.
    package func createUser(
        email: String,
        nickname: String?,
        language: String,
        role: AccountRole,
        password: Secret?,
        organisation: UUID? = nil,
        by principal: Principal,
        address: String?
    ) async throws -> User {
        try principal.demand(.userCreate)
        if role != .member { try principal.demand(.userRole) }
        if let organisation { try await checkJoining(organisation, by: principal) }
        let account = try await newAccount(email, password, nickname, language, .active, role)
        let entry = AuditEntry(
            "user.created",
            target: account.id.text,
            after: ["email": .string(account.email), "role": .string(role.rawValue)]
        )
        let joining = organisation.map {
            Self.joining(account.id, as: .member, $0, by: principal, address: address)
        }
        let answers = try await batch(
            [
                account.insertion(when: "true"),
                entry.insertion(for: "(values (1)) one", by: principal, address: address), joining,
            ].compactMap(\.self),
            by: .system
        )
        guard let row = answers[0].first else { throw StorageError(.failed, "The account was not made.") }
        return try User(row)
    }

    /// Whether the asker may take people into an organisation that takes them.
    private func checkJoining(_ id: UUID, by principal: Principal) async throws {
        try principal.demand(.memberInvite)
        guard let found = try await organisation(id, by: principal), found.deletedAt == nil else {
            throw StorageError.invalid("organization_id", "There is no such organization.")
        }
        guard !found.isPersonal else {
            throw StorageError.invalid("organization_id", "A personal organization has one member: its person.")
        }
    }
}

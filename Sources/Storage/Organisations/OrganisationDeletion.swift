package import Engine
package import Foundation
import Postgres

/// What an organisation holds, for whoever thinks of deleting it.
package struct OrganisationContents: Sendable, Equatable {
    package var members = 0
    package var agents = 0
    package var models = 0
    package var conversations = 0
    package var keys = 0
    /// Turns at work now.
    package var runs = 0

    package init() {}
}

extension Store {
    /// nil when the asker may not delete it, or there is none.
    package func contents(of id: UUID, by principal: Principal) async throws -> OrganisationContents? {
        guard try await deletable(id, by: principal) != nil else { return nil }
        let row = try await query(
            """
            select (select count(*)::int from memberships where org_id = \(id)) as members,
                (select count(*)::int from agents where org_id = \(id)) as agents,
                (select count(*)::int from models where org_id = \(id)) as models,
                (select count(*)::int from conversations where org_id = \(id)) as conversations,
                (select count(*)::int from api_keys where org_id = \(id)) as keys,
                (
                    select count(*)::int from runs
                    where org_id = \(id) and finished_at is null and parent_run_id is null
                ) as runs
            """,
            by: .system
        ).first
        var contents = OrganisationContents()
        guard let row else { return contents }
        contents.members = try row.get("members")
        contents.agents = try row.get("agents")
        contents.models = try row.get("models")
        contents.conversations = try row.get("conversations")
        contents.keys = try row.get("keys")
        contents.runs = try row.get("runs")
        return contents
    }

    /// Closes it to everybody: its members' sessions go on in their own organisation, its API keys are gone, and links to
    /// join by are void. What is in it is kept for `organisationDays`, for an administrator who opens it again. For its
    /// owners and administrators of the instance; throws `.forbidden` for other members, `.conflict("organization")` of a
    /// personal one. False when there is none.
    package func deleteOrganisation(_ id: UUID, by principal: Principal, address: String?) async throws -> Bool {
        guard let old = try await deletable(id, by: principal) else { return false }
        let entry = AuditEntry(
            "organization.deleted",
            target: id.text,
            before: ["name": .string(old.name), "members": .number(Decimal(old.memberCount))]
        )
        let deletion: Query = """
            with closed as (
                update organisations set deleted_at = now(),
                    kept_until = now() + \(Self.organisationDays)::integer * interval '1 day'
                where org_id = \(id) and deleted_at is null returning org_id
            ), moved as (
                update sessions s set org_id = u.home_org_id from users u, closed
                where u.user_id = s.user_id and s.org_id = closed.org_id
            ), keys as (
                delete from api_keys k using closed where k.org_id = closed.org_id
            ), links as (
                update organisation_invitations i set uses_left = 0 from closed where i.org_id = closed.org_id
            ), audited as (
                \(entry.insertion(for: "closed", by: principal, address: address))
            )
            select from closed
            """
        return try await batch(Self.locked(.organisation(id)) + [deletion], by: .system).last?.count == 1
    }

    /// Opens one again that was deleted, with all its members. For administrators of the instance; false for others,
    /// when there is none, and when it is being taken away for good.
    package func restoreOrganisation(_ id: UUID, by principal: Principal, address: String?) async throws -> Bool {
        guard principal.may(.systemManage) else { return false }
        let entry = AuditEntry("organization.restored", target: id.text)
        let restoration: Query = """
            with opened as (
                update organisations set deleted_at = null, kept_until = null
                where org_id = \(id) and deleted_at is not null and purge_began_at is null
                returning org_id
            ), audited as (
                \(entry.insertion(for: "opened", by: principal, address: address))
            )
            select from opened
            """
        return try await batch(Self.locked(.organisation(id)) + [restoration], by: .system).last?.count == 1
    }

    private func deletable(_ id: UUID, by principal: Principal) async throws -> Organisation? {
        guard let found = try await organisation(id, by: principal), found.deletedAt == nil else { return nil }
        try OrganisationStanding(role: found.role, principal: principal).demandOwner()
        guard !found.isPersonal else {
            throw StorageError.conflict("organization", "A personal organization goes with its person's account.")
        }
        return found
    }
}

package import Engine
package import Foundation
import Postgres

// Who belongs where is decided by the server alone, so the server asks; each question looks first at what its asker may do there.

extension Store {
    /// Those that the asker belongs to, their own first.
    package func organisations(by principal: Principal) async throws -> [Organisation] {
        try await query(
            """
            select \(Organisation.columns(asker: principal.userID)) from organisations o
            where o.deleted_at is null and exists (
                select from memberships m where m.org_id = o.org_id and m.user_id = \(principal.userID)
            )
            order by o.is_personal desc, lower(o.name), o.org_id
            """,
            by: .system
        ).map(Organisation.init)
    }

    /// A page of all of them, for those with `organization:read`; nil for others. Personal ones are left out, deleted ones come
    /// last.
    package func allOrganisations(
        search: String?,
        page: Page,
        by principal: Principal
    ) async throws -> Paged<Organisation>? {
        guard principal.may(.organizationRead) else { return nil }
        let pattern = SearchPattern.containing(search)
        let condition: Query = """
            not o.is_personal and o.purge_began_at is null and (\(pattern)::text is null or o.name ilike \(pattern))
            """
        let answers = try await batch(
            [
                "select count(*)::int as total from organisations o where \(condition)",
                """
                select \(Organisation.columns(asker: principal.userID)) from organisations o where \(condition)
                order by o.deleted_at nulls first, lower(o.name), o.org_id limit \(page.size) offset \(page.offset)
                """,
            ],
            by: .system
        )
        return Paged(
            items: try answers[1].map(Organisation.init),
            page: page,
            total: try answers[0].first?.get("total") ?? 0
        )
    }

    /// The shared ones that are open, for a choice of them; none for who may not see them.
    package func organisationsToChoose(by principal: Principal) async throws -> [OrganisationChoice] {
        guard principal.may(.organizationRead) else { return [] }
        return try await query(
            """
            select o.org_id, o.name from organisations o
            where not o.is_personal and o.deleted_at is null and o.purge_began_at is null
            order by lower(o.name), o.org_id limit \(Page.choiceLimit)
            """,
            by: .system
        ).map { OrganisationChoice(id: try $0.get("org_id"), name: try $0.get("name")) }
    }

    /// nil when there is none that the asker may see.
    package func organisation(_ id: UUID, by principal: Principal) async throws -> Organisation? {
        let row = try await query(
            """
            select \(Organisation.columns(asker: principal.userID)) from organisations o
            where o.org_id = \(id) and o.purge_began_at is null
            """,
            by: .system
        ).first
        guard let found = try row.map(Organisation.init) else { return nil }
        let isMember = found.role != nil && found.deletedAt == nil
        return isMember || principal.may(.organizationRead) ? found : nil
    }

    /// That one person owns; their own is one of them.
    private static let mostOwned = 50

    /// The asker owns it. Throws `.conflict("organization")` for whoever owns too many already.
    package func createOrganisation(name: String, by principal: Principal, address: String?) async throws
        -> Organisation
    {
        let name = try Checks.text(name, "name", upTo: 100)
        let id = UUID.v7()
        let entry = AuditEntry("organization.created", target: id.text, after: ["name": .string(name)])
        let insertion: Query = """
            with made as (
                insert into organisations (org_id, name) select \(id)::uuid, \(name)
                where (
                    select count(*) from memberships m join organisations o using (org_id)
                    where m.user_id = \(principal.userID) and m.role = 'owner' and o.deleted_at is null
                ) < \(Self.mostOwned)
                returning org_id
            ), owned as (
                insert into memberships (org_id, user_id, role) select org_id, \(principal.userID)::uuid, 'owner' from made
            )
            \(entry.insertion(for: "made", by: principal, address: address))
            """
        // Of some that one person makes at the same moment, each counts the ones before it.
        let line: Query = "select pg_advisory_xact_lock(hashtext('alma.owner'), hashtext(\(principal.userID)::text))"
        try await batch([line, insertion], by: .system)
        guard let made = try await organisation(id, by: principal) else {
            throw StorageError.conflict(
                "organization",
                "You own \(Self.mostOwned) organizations already. Delete one that nobody uses."
            )
        }
        return made
    }

    /// nil when there is none that the asker may see; throws `.forbidden` for members without the right.
    package func renameOrganisation(
        _ id: UUID,
        to name: String,
        by principal: Principal,
        address: String?
    ) async throws -> Organisation? {
        guard let old = try await organisation(id, by: principal), old.deletedAt == nil else { return nil }
        try OrganisationStanding(role: old.role, principal: principal).demand(.organizationUpdate)
        let name = try Checks.text(name, "name", upTo: 100)
        let entry = AuditEntry(
            "organization.renamed",
            target: id.text,
            before: ["name": .string(old.name)],
            after: ["name": .string(name)]
        )
        let change: Query = """
            with changed as (update organisations set name = \(name) where org_id = \(id) returning org_id)
            \(entry.insertion(for: "changed", by: principal, address: address))
            """
        try await batch(Self.locked(.organisation(id)) + [change], by: .system)
        return try await organisation(id, by: principal)
    }

    /// What somebody is there; nil for strangers, and of one that was deleted.
    package func membership(of user: UUID, in organisation: UUID) async throws -> OrganisationRole? {
        try await query(
            """
            select m.role from memberships m join organisations o on o.org_id = m.org_id and o.deleted_at is null
            where m.org_id = \(organisation) and m.user_id = \(user)
            """,
            by: .system
        ).first?.get("role")
    }

    /// From now on a browser's session works in another organisation of its person. False when they are no member.
    package func moveSession(_ session: UUID, to organisation: UUID, by principal: Principal) async throws -> Bool {
        try await query(
            """
            update sessions s set org_id = m.org_id
            from memberships m join organisations o on o.org_id = m.org_id and o.deleted_at is null
            where s.session_id = \(session) and s.user_id = \(principal.userID)
                and m.user_id = s.user_id and m.org_id = \(organisation)
            """,
            by: .system
        ).affected == 1
    }
}

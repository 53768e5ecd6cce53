package import Engine
package import Foundation
import Postgres

extension Store {
    /// The owners first, at most a thousand; nil when the asker may not see the organisation.
    package func members(of id: UUID, by principal: Principal) async throws -> [OrganisationMember]? {
        guard try await organisation(id, by: principal) != nil else { return nil }
        return try await query(
            """
            \(Self.members(of: id))
            order by array_position(array['owner', 'admin', 'member'], m.role::text), lower(u.nickname), u.user_id
            limit 1000
            """,
            by: .system
        ).map(OrganisationMember.init)
    }

    /// nil when there is no such member, or the asker may not see the organisation.
    package func member(_ user: UUID, of id: UUID, by principal: Principal) async throws -> OrganisationMember? {
        guard try await organisation(id, by: principal) != nil else { return nil }
        return try await query("\(Self.members(of: id)) and m.user_id = \(user)", by: .system)
            .first.map(OrganisationMember.init)
    }

    private static func members(of id: UUID) -> Query {
        """
        select \(OrganisationMember.columns) from memberships m
        join users u on u.user_id = m.user_id and u.status <> 'deleted'
        where m.org_id = \(id)
        """
    }

    /// Takes somebody in without being asked: for those who may in all organisations. False when there is no such organisation or
    /// person; who is a member already stays what they are.
    package func addMember(
        _ user: UUID,
        as role: OrganisationRole,
        to id: UUID,
        by principal: Principal,
        address: String?
    ) async throws -> Bool {
        guard principal.may(.memberInvite), let found = try await organisation(id, by: principal),
            found.deletedAt == nil, try await self.user(user, by: .system).map({ $0.status != .deleted }) == true
        else { return false }
        guard !found.isPersonal else {
            throw StorageError.conflict("organization", "A personal organization has one member: its person.")
        }
        try await query(Self.joining(user, as: role, id, by: principal, address: address), by: .system)
        return true
    }

    /// Makes somebody a member, and writes it into the audit.
    static func joining(
        _ user: UUID,
        as role: OrganisationRole,
        _ organisation: UUID,
        by principal: Principal,
        address: String?
    ) -> Query {
        let entry = AuditEntry(
            "member.added",
            target: user.text,
            after: ["role": .string(role.rawValue), "organization_id": .string(organisation.text)]
        )
        return """
            with made as (
                insert into memberships (org_id, user_id, role) values (\(organisation), \(user), \(role))
                on conflict (org_id, user_id) do nothing returning user_id
            ), audited as (
                \(entry.insertion(for: "made", by: principal, address: address))
            )
            select from made
            """
    }

    /// The shared organisations of somebody, with what they are there: for those with `user:read`; empty for others.
    package func organisations(of user: UUID, by principal: Principal) async throws -> [Organisation] {
        guard principal.may(.userRead) else { return [] }
        return try await query(
            """
            select \(Organisation.columns(asker: user)) from organisations o join memberships om using (org_id)
            where om.user_id = \(user) and not o.is_personal and o.deleted_at is null
            order by lower(o.name), o.org_id
            """,
            by: .system
        ).map(Organisation.init)
    }

    /// False when there is no such member. The last owner stays one.
    package func changeMember(
        _ user: UUID,
        to role: OrganisationRole,
        in id: UUID,
        by principal: Principal,
        address: String?
    ) async throws -> Bool {
        guard let (standing, old) = try await standing(over: user, in: id, by: principal) else { return false }
        try standing.demand(.memberUpdate)
        if role == .owner || old == .owner { try standing.demandOwner() }
        guard role != old else { return true }
        let entry = AuditEntry(
            "member.role_changed",
            target: user.text,
            before: ["role": .string(old.rawValue)],
            after: ["role": .string(role.rawValue), "organization_id": .string(id.text)]
        )
        let answers = try await batch(
            Self.demanded(.member(user, of: id)) + [
                Self.lock(id),
                """
                with changed as (
                    update memberships m set role = \(role)
                    where m.org_id = \(id) and m.user_id = \(user) and m.role = \(old) and \(Self.isDispensable)
                    returning m.user_id
                ), audited as (
                    \(entry.insertion(for: "changed", by: principal, address: address))
                )
                select from changed
                """,
            ],
            by: .system
        )
        guard answers.last?.count == 1 else { throw Self.lastOwner }
        return true
    }

    /// Takes somebody out, or lets them leave: their sessions go on in their own organisation, their API keys for this one are
    /// gone. False when there is no such member. The last owner stays.
    package func removeMember(
        _ user: UUID,
        from id: UUID,
        by principal: Principal,
        address: String?
    ) async throws -> Bool {
        guard let (standing, old) = try await standing(over: user, in: id, by: principal) else { return false }
        let isLeaving = user == principal.userID
        if !isLeaving {
            try standing.demand(.memberRemove)
            if old == .owner { try standing.demandOwner() }
        }
        let entry = AuditEntry(
            isLeaving ? "member.left" : "member.removed",
            target: user.text,
            before: ["role": .string(old.rawValue), "organization_id": .string(id.text)]
        )
        let answers = try await batch(
            Self.demanded(.member(user, of: id)) + [
                Self.lock(id),
                Self.removal(of: user, from: id, entry.insertion(for: "gone", by: principal, address: address)),
            ],
            by: .system
        )
        guard answers.last?.count == 1 else { throw Self.lastOwner }
        return true
    }

    /// The foreign key would take the sessions along; moved in the same statement, they stay.
    private static func removal(of user: UUID, from id: UUID, _ audit: Query) -> Query {
        """
        with allowed as (
            select m.user_id, u.home_org_id from memberships m join users u using (user_id)
            where m.org_id = \(id) and m.user_id = \(user) and m.org_id <> u.home_org_id and \(isDispensable)
        ), moved as (
            update sessions s set org_id = a.home_org_id from allowed a where s.user_id = a.user_id and s.org_id = \(id)
        ), keys as (
            delete from api_keys k using allowed a where k.user_id = a.user_id and k.org_id = \(id)
        ), gone as (
            delete from memberships m using allowed a where m.org_id = \(id) and m.user_id = a.user_id returning m.user_id
        ), audited as (
            \(audit)
        )
        select from gone
        """
    }

    /// What the asker may do in an organisation, and what somebody is there; nil when one of them is not to be seen.
    private func standing(
        over user: UUID,
        in id: UUID,
        by principal: Principal
    ) async throws -> (OrganisationStanding, OrganisationRole)? {
        guard let found = try await organisation(id, by: principal), found.deletedAt == nil else { return nil }
        guard !found.isPersonal else {
            throw StorageError.conflict("organization", "A personal organization has one member: its person.")
        }
        guard let role = try await membership(of: user, in: id) else { return nil }
        return (OrganisationStanding(role: found.role, principal: principal), role)
    }

    /// Two owners who leave at the same moment must not both succeed.
    private static func lock(_ id: UUID) -> Query { "select from organisations where org_id = \(id) for update" }

    /// For an `m` of memberships: no owner, or not the only one who can sign in.
    private static let isDispensable: Query = """
        (m.role <> 'owner' or exists (
            select from memberships o join users ou on ou.user_id = o.user_id and ou.status = 'active'
            where o.org_id = m.org_id and o.role = 'owner' and o.user_id <> m.user_id
        ))
        """

    private static var lastOwner: StorageError {
        .conflict("role", "This is the organization's last owner. Make another one first.")
    }
}

package import Engine
package import Foundation
import Postgres

/// What all agents are told, besides their own instructions.
package struct Instructions: Sendable, Equatable {
    /// Characters of each.
    package static let limit = 20_000

    /// Of the whole instance.
    package var instance: String
    /// Of the organisation of whoever asks.
    package var organisation: String

    package init(instance: String, organisation: String) {
        self.instance = instance
        self.organisation = organisation
    }
}

extension Store {
    package func instructions(by principal: Principal) async throws -> Instructions {
        let row = try await query(
            """
            select coalesce((select value from settings where name = \(Self.instruction)), '') as instance, instruction
            from organisations where org_id = \(principal.organisationID)
            """,
            by: principal
        ).first
        guard let row else { throw StorageError(.failed, "The organisation is gone.") }
        return Instructions(instance: try row.get("instance"), organisation: try row.get("instruction"))
    }

    /// nil leaves one as it is. False when the principal may not: the instance's is the administrators', the
    /// organisation's is that of those who lead it. Then nothing is changed.
    package func setInstructions(instance: String?, organisation: String?, by principal: Principal) async throws -> Bool
    {
        let limit = Instructions.limit
        let instance = try instance.map { try Checks.text($0, "instance", upTo: limit, allowsEmpty: true) }
        let organisation = try organisation.map { try Checks.text($0, "organization", upTo: limit, allowsEmpty: true) }
        guard instance == nil || principal.isSuperuser else { return false }
        let row = try await query(
            """
            with leaders as (
                select m.org_id from memberships m
                where m.org_id = \(principal.organisationID) and m.user_id = \(principal.userID)
                    and m.role in ('owner', 'admin')
            ), told as (
                update organisations o set instruction = \(organisation)
                from leaders where o.org_id = leaders.org_id and \(organisation)::text is not null
            ), general as (
                insert into settings (name, value, updated_by)
                select \(Self.instruction), \(instance)::text, \(principal.userID)::uuid
                where \(instance)::text is not null and (\(organisation)::text is null or exists (select from leaders))
                on conflict (name) do update
                set value = excluded.value, updated_at = now(), updated_by = excluded.updated_by
            )
            select \(organisation)::text is null or exists (select from leaders) as is_allowed
            """,
            by: principal
        ).first
        return try row?.get("is_allowed") ?? false
    }
}

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

extension Instructions {
    /// A question for them.
    static func texts(of organisation: UUID?) -> Query {
        """
        select coalesce((select value from settings where name = \(Store.instruction)), '') as instance, instruction
        from organisations where org_id = \(organisation)
        """
    }
}

extension Store {
    package func instructions(by principal: Principal) async throws -> Instructions {
        let texts = Instructions.texts(of: principal.organisationID)
        guard let row = try await query(texts, by: principal).first else {
            throw StorageError(.failed, "The organisation is gone.")
        }
        return Instructions(instance: try row.get("instance"), organisation: try row.get("instruction"))
    }

    /// How long each is, in characters, and its SHA-256: what was said stays out of the audit, and no change goes without a trace.
    private static func traces(instance: Query, organisation: Query) -> Query {
        """
        jsonb_build_object(
            'instance_length', length(\(instance)), 'instance_digest', \(digest(of: instance)),
            'organization_length', length(\(organisation)), 'organization_digest', \(digest(of: organisation))
        )
        """
    }

    private static func digest(of text: Query) -> Query {
        "'sha256:' || encode(sha256(convert_to(\(text), 'UTF8')), 'hex')"
    }

    /// nil leaves one as it is. False when the principal may not: the instance's is the administrators', the
    /// organisation's is that of those who lead it. Then nothing is changed. Written down in the audit, but for the words.
    package func setInstructions(
        instance: String?,
        organisation: String?,
        by principal: Principal,
        address: String? = nil
    ) async throws -> Bool {
        let limit = Instructions.limit
        let instance = try instance.map { try Checks.text($0, "instance", upTo: limit, allowsEmpty: true) }
        let organisation = try organisation.map { try Checks.text($0, "organization", upTo: limit, allowsEmpty: true) }
        guard instance == nil || principal.isSuperuser else { return false }
        guard instance != nil || organisation != nil else { return true }
        let isAllowed: Query = "(\(organisation)::text is null or exists (select from leaders))"
        let audit = AuditEntry("instructions.changed").insertion(
            for: "was where \(isAllowed)",
            by: principal,
            address: address,
            detail: AuditEntry.difference(
                Self.traces(instance: "was.instance", organisation: "was.instruction"),
                Self.traces(
                    instance: "coalesce(\(instance)::text, was.instance)",
                    organisation: "coalesce(\(organisation)::text, was.instruction)"
                )
            )
        )
        let change: Query = """
            with leaders as (
                select m.org_id from memberships m
                where m.org_id = \(principal.organisationID) and m.user_id = \(principal.userID)
                    and m.role in ('owner', 'admin')
            ), was as (
                \(Instructions.texts(of: principal.organisationID))
            ), told as (
                update organisations o set instruction = \(organisation)
                from leaders where o.org_id = leaders.org_id and \(organisation)::text is not null
            ), general as (
                insert into settings (name, value, updated_by)
                select \(Self.instruction), \(instance)::text, \(principal.userID)::uuid
                where \(instance)::text is not null and \(isAllowed)
                on conflict (name) do update
                set value = excluded.value, updated_at = now(), updated_by = excluded.updated_by
            ), audited as (
                \(audit)
            )
            select \(isAllowed) as is_allowed
            """
        let subject = Conditional.instructions(of: principal.organisationID)
        return try await batch(Self.locked(subject) + [change], by: principal).last?.first?.get("is_allowed") ?? false
    }
}

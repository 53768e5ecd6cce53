package import Engine
package import Foundation
import Postgres

/// What a version changed in the one before it.
package struct AgentChanges: Sendable, Equatable {
    /// As a definition's fields are called: `instruction`, `tools`. None of the first version.
    package var fields: [String]
    /// The earlier version that was given again.
    package var restored: Int?

    package init(fields: [String], restored: Int? = nil) {
        (self.fields, self.restored) = (fields, restored)
    }
}

// Each change of an agent is a version of its own, and an older one can be given again.
extension Store {
    private static let agentVersionLimit = 200

    /// The newest first; none of an agent that is not the principal's.
    package func agentVersions(
        of id: UUID,
        page: Page,
        by principal: Principal
    ) async throws -> Paged<KeptVersion<AgentChanges>> {
        let known: Query = """
            from agent_versions v join agents a using (agent_id) where \(Self.isMade(id, by: principal))
            """
        let answers = try await batch(
            [
                "select count(*) \(known)",
                """
                select v.version, v.user_id, v.created_at, v.changes, v.restored \(known)
                order by v.version desc limit \(page.size) offset \(page.offset)
                """,
            ],
            by: principal
        )
        let versions = try await versions(answers[1]) {
            AgentChanges(fields: try $0.texts("changes"), restored: try $0.get("restored"))
        }
        return Paged(items: versions, page: page, total: try answers[0].first?.get(0) ?? 0)
    }

    package func agentVersion(
        _ version: Int,
        of id: UUID,
        by principal: Principal
    ) async throws -> KeptVersion<AgentDefinition>? {
        let rows = try await query(
            """
            select v.version, v.user_id, v.created_at, v.definition from agent_versions v join agents a using (agent_id)
            where \(Self.isMade(id, by: principal)) and v.version = \(version)
            """,
            by: principal
        )
        return try await versions(rows) {
            try AgentDefinition(kept: try JSONValue(parsing: try $0.get("definition")))
        }.first
    }

    /// An agent as it is now, of those that the principal sees.
    package func agentDefinition(_ id: UUID, by principal: Principal) async throws -> AgentDefinition? {
        try await query(
            """
            select alma_agent_definition(a.agent_id) as definition from agents a
            where a.agent_id = \(id) and \(Self.isVisible(to: principal))
            """,
            by: principal
        ).first.map { try AgentDefinition(kept: try JSONValue(parsing: try $0.get("definition"))) }
    }

    /// What changes an agent, in one transaction with the version that comes of it, if it comes to anything. The answers to
    /// the statements, and the agent's row as the last; nil when it is not the principal's. `version` is the one that
    /// they have seen: `.conflict("version")` when there is a newer one, and nothing is changed, if the statements
    /// ask for `isMade(_:by:at:)`.
    func changeAgent(
        _ id: UUID,
        at version: Int? = nil,
        restoring restored: Int? = nil,
        _ statements: [Query],
        by principal: Principal
    ) async throws -> [Rows]? {
        let isMade = Self.isMade(id, by: principal, at: version)
        let held: Query = """
            select a.version from agents a where \(Self.isMade(id, by: principal)) for no key update
            """
        let kept = Self.keepVersion(of: id, where: isMade, restored: restored, by: principal)
        let demand = Self.demanded(.agent(id))
        let answers = try await batch(demand + [held] + statements + kept + [Self.one(id, principal)], by: principal)
            .dropFirst(demand.count)
        guard let present = try answers.first?.first?.get("version", as: Int.self) else { return nil }
        guard version == nil || version == present else {
            throw StorageError.conflict("version", "Somebody has changed it since: it is at version \(present) now.")
        }
        return Array(answers.dropFirst().prefix(statements.count) + answers.suffix(1))
    }

    /// A version of the agent as it stands now, unless it is as the newest says; what is older than the newest two hundred
    /// goes.
    static func keepVersion(
        of id: UUID,
        where isMade: Query,
        restored: Int? = nil,
        by principal: Principal
    ) -> [Query] {
        [
            """
            with present as (
                select a.agent_id, alma_agent_definition(a.agent_id) as definition from agents a where \(isMade)
            ), earlier as (
                select v.definition from agent_versions v where v.agent_id = \(id) order by v.version desc limit 1
            ), changed as (
                update agents a set version = a.version + 1, updated_at = now() from present n
                where a.agent_id = n.agent_id and not exists (select from earlier e where e.definition = n.definition)
                returning a.agent_id, a.org_id, a.version, n.definition
            )
            insert into agent_versions (agent_id, version, org_id, user_id, definition, changes, restored)
            select c.agent_id, c.version, c.org_id, \(principal.userID), c.definition, (
                select coalesce(jsonb_agg(f.key order by f.key), '[]')
                from earlier e cross join jsonb_each(c.definition) f where e.definition -> f.key is distinct from f.value
            ), \(restored)
            from changed c
            """,
            """
            delete from agent_versions where agent_id = \(id) and version <= (
                select max(version) - \(agentVersionLimit) from agent_versions where agent_id = \(id)
            )
            """,
        ]
    }
}

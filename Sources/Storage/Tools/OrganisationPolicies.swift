package import Engine
package import Foundation
import Postgres

// What an organisation lets its agents do, all of its people alike.
extension Store {
    /// Whether the principal says what holds for their whole organisation: they lead it, or are an administrator in it.
    package func leads(_ principal: Principal) async throws -> Bool {
        try await query("select alma_manages(\(principal.organisationID)) as leads", by: principal).first?
            .get("leads") ?? false
    }

    /// The organisation's rules, by tool and level.
    package func organisationPolicies(by principal: Principal) async throws -> [ToolPolicy.Rule] {
        try await query(
            """
            select user_id, agent_id, tool_name, security_level, decision, expires_after from tool_policies
            where org_id = \(principal.organisationID) and user_id is null
            order by tool_name nulls first, security_level, agent_id
            """,
            by: principal
        ).map(ToolPolicy.Rule.init)
    }

    /// The organisation's rule for a tool, or a level, with one agent or all; nil takes it away. `patience`: seconds until a
    /// call that asks is taken for refused. False when it is not the principal's to say, or there is no such agent.
    package func setOrganisationPolicy(
        _ decision: ToolPolicy.Decision?,
        tool: String?,
        level: ToolLevel?,
        agent: UUID? = nil,
        patience: Int? = nil,
        by principal: Principal
    ) async throws -> Bool {
        guard try await leads(principal) else { return false }
        let tool = try tool.map { try Checks.text($0, "tool_name", upTo: 64) }
        if let agent, try await self.agent(agent, by: principal) == nil { return false }
        guard let decision else {
            try await query(
                """
                delete from tool_policies
                where org_id = \(principal.organisationID) and user_id is null
                    and tool_name is not distinct from \(tool)::text
                    and security_level is not distinct from \(level?.rawValue)::text
                    and agent_id is not distinct from \(agent)::uuid
                """,
                by: principal
            )
            return true
        }
        try await query(
            """
            insert into tool_policies (policy_id, org_id, agent_id, tool_name, security_level, decision, expires_after)
            values (
                \(UUID.v7()), \(principal.organisationID), \(agent), \(tool), \(level?.rawValue), \(decision.rawValue),
                \(patience)
            )
            on conflict (org_id, user_id, agent_id, tool_name, security_level)
            do update set decision = excluded.decision, expires_after = excluded.expires_after
            """,
            by: principal
        )
        return true
    }
}

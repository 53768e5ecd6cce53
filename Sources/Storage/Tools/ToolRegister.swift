package import Engine
import Foundation
import Postgres

extension Store {
    /// Writes down what the program's own tools are, once at the start. A tool that is new is given to those of the system's
    /// agents that are to have it; one that the program has no more stays for those who look at old runs, and can no longer be used.
    /// `elsewhere`: tools that the program has, and that this node cannot offer: whether they are used is for the nodes to say
    /// that can.
    package func register(_ tools: [ToolSpecification], elsewhere: [String] = []) async throws {
        try await query(
            """
            with known as (
                select * from unnest(
                    \(tools.map { _ in UUID.v7() })::uuid[], \(tools.map(\.name))::text[],
                    \(tools.map(\.description))::text[], \(tools.map(\.schema))::text[],
                    \(tools.map(\.level.rawValue))::text[], \(tools.map(\.effect.rawValue))::text[],
                    \(tools.map { $0.agents?.joined(separator: " ") })::text[]
                ) t (tool_id, name, description, schema, security_level, effect, agents)
            ), gone as (
                update tools set is_active = false
                where org_id is null and is_active and name not in (select name from known)
                    and name <> all(\(elsewhere)::text[])
            ), written as (
                insert into tools (tool_id, name, description, schema, security_level, effect)
                select tool_id, name, description, schema::jsonb, security_level, effect from known
                on conflict (name) where org_id is null do update set
                    description = excluded.description, schema = excluded.schema,
                    security_level = excluded.security_level, effect = excluded.effect, is_active = true
                where (tools.description, tools.schema, tools.security_level, tools.effect, tools.is_active)
                    is distinct from
                    (excluded.description, excluded.schema, excluded.security_level, excluded.effect, true)
                returning tool_id
            )
            insert into agent_tools (agent_id, tool_id)
            select a.agent_id, w.tool_id from written w join known k using (tool_id)
            join agents a on a.agent_type = 'system' and (k.agents is null or a.name = any (string_to_array(k.agents, ' ')))
            on conflict do nothing
            """,
            by: .system
        )
    }
}

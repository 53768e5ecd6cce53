package import Engine
package import Foundation
import Postgres

/// A model or an agent as programs name it.
package struct Callable: Sendable, Equatable {
    package enum Kind: String, Sendable { case model, agent, embedding }

    /// Of an agent's name where it must not be taken for a model's.
    package static let agentPrefix = "agent:"

    package var kind: Kind
    /// What programs ask for.
    package var id: String
    package var key: UUID
    /// The provider's name of a model, `alma` of an agent.
    package var owner: String
    package var createdAt: Date

    /// Whether a program that asks for `name` means this.
    package func answers(to name: String) -> Bool {
        name == id || UUID(uuidString: name) == key || kind == .agent && name == Self.agentPrefix + id
    }
}

extension Store {
    /// Models that work, then agents that work, each by name. Of several with one name there is the one that answers to it.
    package func callables(by principal: Principal) async throws -> [Callable] {
        let rows = try await query(
            """
            select kind, name, key, owner, created_at from (
                select distinct on (m.name, m.model_type = 'embedding') 1 as place, m.model_id as key, m.name,
                    case m.model_type when 'embedding' then 'embedding' else 'model' end as kind,
                    l.provider_name as owner, m.created_at
                from models m join llmconfigs l on l.llm_id = m.llm_id and l.is_active
                join organisations o on o.org_id = m.org_id
                where m.org_id = \(principal.organisationID) and m.is_active
                    and m.model_type in ('chat', 'completion', 'embedding')
                order by m.name, m.model_type = 'embedding', m.model_id = o.default_model_id desc nulls last,
                    m.fallback_rank nulls last, m.created_at, m.model_id
            ) known
            union all
            select kind, name, key, owner, created_at from (
                select distinct on (a.name) 'agent' as kind, a.name, a.agent_id as key, 'alma' as owner, a.created_at
                from agents a where \(Self.isVisible(to: principal)) and a.status = 'active'
                order by a.name, \(Self.nearest(principal))
            ) team
            """,
            by: principal
        )
        let known = try rows.map { row in
            Callable(
                kind: Callable.Kind(rawValue: try row.get("kind")) ?? .model,
                id: try row.get("name"),
                key: try row.get("key"),
                owner: try row.get("owner"),
                createdAt: try row.get("created_at")
            )
        }
        let models = Set(known.filter { $0.kind != .agent }.map(\.id))
        return known.map { one in
            var one = one
            if one.kind == .agent, models.contains(one.id) { one.id = Callable.agentPrefix + one.id }
            return one
        }
    }

    /// The agent that a program means by a name or an id, with `agent:` before it or without; nil when there is none that works.
    package func agentID(called name: String, by principal: Principal) async throws -> UUID? {
        let name = name.hasPrefix(Callable.agentPrefix) ? String(name.dropFirst(Callable.agentPrefix.count)) : name
        return try await query(
            """
            select a.agent_id from agents a
            where \(Self.isVisible(to: principal)) and a.status = 'active'
                and (a.name = \(name) or a.agent_id = \(UUID(uuidString: name))::uuid)
            order by \(Self.nearest(principal)) limit 1
            """,
            by: principal
        ).first?.get("agent_id")
    }

    /// Of agents with one name, an `a`: one's own, the system's, then those that others share.
    private static func nearest(_ principal: Principal) -> Query {
        "a.user_id = \(principal.userID) desc nulls last, a.is_system_agent desc, a.created_at, a.agent_id"
    }
}

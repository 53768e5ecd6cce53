package import Engine
package import Foundation
import Postgres

extension Store {
    /// The system's agents, then the person's own and those shared in the organisation; nil as a filter lets all pass.
    package func agents(
        type: String?,
        status: String?,
        page: Page,
        by principal: Principal
    ) async throws -> Paged<Agent> {
        let visible: Query = """
            from agents a
            where \(Self.isVisible(to: principal))
                and (\(type)::text is null or a.agent_type = \(type)) and (\(status)::text is null or a.status = \(status))
            """
        let answers = try await batch(
            [
                "select count(*) \(visible)",
                """
                select \(Agent.columns)
                from (
                    select a.* \(visible)
                    order by a.is_system_agent desc, a.created_at, a.agent_id limit \(page.size) offset \(page.offset)
                ) a
                \(Self.agentStatistics(principal))
                order by a.is_system_agent desc, a.created_at, a.agent_id
                """,
            ],
            by: principal
        )
        return Paged(items: try answers[1].map(Agent.init), page: page, total: try answers[0].first?.get(0) ?? 0)
    }

    /// The same for a choice of them, with what it shows of each and no more.
    package func agentsToChoose(
        status: String? = nil,
        by principal: Principal
    ) async throws -> Offered<AgentChoice> {
        let rows = try await query(
            """
            select a.agent_id, a.name, a.display_name, a.description, a.is_system_agent, a.status from agents a
            where \(Self.isVisible(to: principal)) and (\(status)::text is null or a.status = \(status))
            order by a.is_system_agent desc, a.created_at, a.agent_id limit \(Offered<AgentChoice>.limit)
            """,
            by: principal
        )
        return Offered(try rows.map(AgentChoice.init))
    }

    package func agent(_ id: UUID, by principal: Principal) async throws -> Agent? {
        try await query(Self.one(id, principal), by: principal).first.map(Agent.init)
    }

    static func one(_ id: UUID, _ principal: Principal) -> Query {
        """
        select \(Agent.columns) from agents a \(agentStatistics(principal))
        where a.agent_id = \(id) and \(isVisible(to: principal))
        """
    }

    /// The fourth law for agents: everybody's, one's own, or shared with one's organisation.
    static func isVisible(to principal: Principal) -> Query {
        """
        (a.is_system_agent or a.org_id = \(principal.organisationID)
            and (a.user_id = \(principal.userID) or a.agent_type = 'shared'))
        """
    }

    private static func agentStatistics(_ principal: Principal) -> Query {
        "left join agent_statistics st on st.agent_id = a.agent_id and st.org_id = \(principal.organisationID)"
    }
}

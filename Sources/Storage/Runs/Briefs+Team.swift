import Engine
import Foundation
import Postgres

// What a run is told of those whom its agent can ask.
extension Store {
    /// The colleagues of the run's agent, as its person sees them: those of its team; for the orchestrator, everybody.
    /// `waits` says that a run above this one is theirs. Of two with one name the person's own is meant.
    static func team(of run: RunTerms) -> Query {
        """
        with recursive above as (
            select parent_run_id, agent_id from runs where run_id = \(run.parentRunID)
            union all
            select r.parent_run_id, r.agent_id from runs r join above on r.run_id = above.parent_run_id
        )
        select distinct on (lower(a.name)) a.agent_id, a.name, a.display_name, a.description, a.capabilities,
            a.status = 'active' as is_active, a.agent_id in (select agent_id from above) as waits
        from agents self join agents a on a.agent_id <> self.agent_id and a.status <> 'archived'
        where self.agent_id = \(run.agentID) and (
            a.is_system_agent or a.org_id = \(run.organisationID)
                and (a.user_id = \(run.userID) or a.agent_type = 'shared')
        ) and (
            self.agent_id = \(Agent.orchestratorID)
                or self.team <> '[]' and a.name in (select jsonb_array_elements_text(self.team))
        )
        order by lower(a.name), (a.user_id = \(run.userID)) desc nulls last, a.is_system_agent, a.agent_id
        limit 100
        """
    }

    static func team(_ rows: [Row], of run: Run, size: Int) throws -> Team {
        var team = Team(lineage: [run.agentID], size: size)
        for row in rows {
            let colleague = Colleague(
                id: try row.get("agent_id"),
                name: try row.get("name"),
                displayName: try row.get("display_name"),
                description: try row.get("description"),
                capabilities: try row.texts("capabilities"),
                isActive: try row.get("is_active")
            )
            team.colleagues.append(colleague)
            if try row.get("waits") { team.lineage.insert(colleague.id) }
        }
        return team
    }

    static func children(of run: RunTerms) -> Query {
        """
        select run_id, parent_call_id, agent_id, state, result, error_code from runs
        where parent_run_id = \(run.id) order by created_at, run_id
        """
    }

    static func child(_ row: Row) throws -> ChildRecord {
        ChildRecord(
            run: try row.get("run_id"),
            key: try row.get("parent_call_id"),
            agentID: try row.get("agent_id"),
            state: try row.get("state"),
            result: try row.get("result") ?? "",
            errorCode: try row.get("error_code")
        )
    }
}

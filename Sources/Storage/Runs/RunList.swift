package import Engine
package import Foundation
import Postgres

/// A run in a list: whose it is, where it stands and what it has used; nothing of what was said.
package struct ListedRun: Sendable, Equatable {
    package var record: RunRecord
    /// For people; nil when the agent is gone.
    package var agentName: String?
    /// What an agent of the system's is called by programs.
    package var systemName: String?
    /// nil when the account is gone.
    package var userName: String?
    /// Who has it in hand.
    package var workerID: UUID?
    /// What its log says last, of a run that has not ended.
    package var lastEvent: RunEvent.Kind?
    /// The tool that is at work.
    package var toolName: String?

    package init(
        record: RunRecord,
        agentName: String?,
        systemName: String? = nil,
        userName: String?,
        workerID: UUID? = nil,
        lastEvent: RunEvent.Kind? = nil,
        toolName: String? = nil
    ) {
        self.record = record
        self.agentName = agentName
        self.systemName = systemName
        self.userName = userName
        self.workerID = workerID
        self.lastEvent = lastEvent
        self.toolName = toolName
    }
}

extension Store {
    /// Lists are counted no further than this.
    private static let countLimit = 10_000

    /// One's own; for administrators who ask for them, everybody's. What a turn has used is with all that worked for it.
    package func runs(_ filter: RunFilter, page: Page, by principal: Principal) async throws -> Paged<ListedRun> {
        let found: Query = "from runs r where \(filter.condition(principal))"
        let answers = try await batch(
            [
                "select count(*) from (select \(found) limit \(Self.countLimit)) counted",
                """
                select \(Run.columns), r.model_id, r.started_at, r.forked_from, r.forked_step, r.changes, r.lease_owner,
                    a.display_name as agent_name, case a.agent_type when 'system' then a.name end as system_name,
                    u.nickname, last.type as last_type, last.tool_name, paid.*
                from (
                    select r.run_id \(found) order by \(filter.sorting) limit \(page.size) offset \(page.offset)
                ) chosen
                join runs r on r.run_id = chosen.run_id
                left join agents a on a.agent_id = r.agent_id
                left join users u on u.user_id = r.user_id
                left join lateral (
                    select e.type, e.data ->> 'tool_name' as tool_name from run_events e
                    where e.run_id = r.run_id and r.finished_at is null order by e.sequence desc limit 1
                ) last on true
                cross join lateral (\(RunRecord.paid)) paid
                order by \(filter.sorting)
                """,
            ],
            // Row-level security shows nobody the runs of others; this list has none of their words.
            by: filter.scope == .everyone && principal.may(.runRead) ? .system : principal
        )
        return Paged(
            items: try answers[1].map(ListedRun.init),
            page: page,
            total: try answers[0].first?.get(0) ?? 0
        )
    }

    /// In whose name a run is stopped by somebody who may stop everybody's; nil when there is none, or they may not.
    package func owner(ofRun run: UUID, by principal: Principal) async throws -> Principal? {
        guard principal.may(.runCancel) else { return nil }
        let row = try await query("select user_id, org_id from runs where run_id = \(run)", by: .system).first
        return try row.map { row in
            .member(user: try row.get("user_id"), organisation: try row.get("org_id"), isSuperuser: false)
        }
    }
}

extension ListedRun {
    init(_ row: Row) throws {
        record = try RunRecord(row)
        agentName = try row.get("agent_name")
        systemName = try row.get("system_name")
        userName = try row.get("nickname")
        workerID = try row.get("lease_owner")
        lastEvent = try row.get("last_type", as: String?.self).flatMap(RunEvent.Kind.init)
        toolName = try row.get("tool_name")
    }
}

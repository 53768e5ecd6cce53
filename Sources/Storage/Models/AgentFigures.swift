package import Engine
package import Foundation
import Postgres

/// How an agent has done for one person: in turns, and where others asked it for help.
package struct AgentFigures: Sendable, Equatable {
    package var runs: Int
    /// Those of them that are over.
    package var ended: Int
    package var completed: Int
    /// Of those that were completed, in seconds, without what they waited for others; nil where there are none.
    package var medianTime: Double?

    package init(runs: Int, ended: Int, completed: Int, medianTime: Double?) {
        (self.runs, self.ended, self.completed, self.medianTime) = (runs, ended, completed, medianTime)
    }
}

extension Store {
    /// Of the principal's own runs that were begun on this day of UTC, `2026-11-21`, or later.
    package func figures(
        ofAgent id: UUID,
        from day: String,
        by principal: Principal
    ) async throws -> AgentFigures {
        let row = try await query(
            """
            select count(*) as runs, count(*) filter (where r.finished_at is not null) as ended,
                count(*) filter (where r.state = 'completed') as completed,
                percentile_cont(0.5) within group (
                    order by extract(epoch from r.finished_at - r.started_at - r.rested)::double precision
                ) filter (where r.state = 'completed') as median
            from runs r
            where r.agent_id = \(id) and \(Self.isOwnRun(principal))
                and r.created_at >= \(day)::date::timestamp at time zone 'UTC'
            """,
            by: principal
        ).first
        return AgentFigures(
            runs: try row?.get("runs") ?? 0,
            ended: try row?.get("ended") ?? 0,
            completed: try row?.get("completed") ?? 0,
            medianTime: try row?.get("median", as: Double?.self) ?? nil
        )
    }
}

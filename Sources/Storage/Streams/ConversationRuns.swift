package import Engine
package import Foundation
import Postgres

/// A run as a reader of its conversation finds it.
package struct FollowedRun: Sendable, Equatable {
    package var id: UUID
    /// The turn that it belongs to.
    package var root: UUID
    package var isRootOver: Bool
}

/// Of which turns of a conversation somebody wants the runs.
package enum FollowedTurns: Sendable, Equatable {
    case last
    /// Those after this one; all when there is none.
    case after(UUID?)
}

extension Store {
    /// Turns that one question brings.
    package static let mostTurnsAtOnce = 200

    /// The runs of a conversation's turns, the oldest first: of those after one, of those that are under way, and of those
    /// that have a run in `open`; or of the last one. Of more than `mostTurnsAtOnce` turns the oldest.
    package func runsToFollow(
        in conversation: UUID,
        turns: FollowedTurns,
        open: [UUID],
        by principal: Principal
    ) async throws -> [FollowedRun] {
        let last: Query = """
            t.run_id = (
                select l.run_id from runs l where l.conversation_id = \(conversation) and l.parent_run_id is null
                order by l.run_id desc limit 1
            )
            """
        let wanted: Query
        switch turns {
        case .last: wanted = last
        case .after(let newest):
            wanted = """
                \(newest)::uuid is null or t.run_id > \(newest)::uuid or t.finished_at is null
                    or t.run_id in (select o.root_run_id from runs o where o.run_id = any(\(open)::uuid[]))
                """
        }
        return try await query(
            """
            with turn as materialized (
                select t.run_id, t.finished_at is not null as is_over from runs t
                where t.conversation_id = \(conversation) and t.parent_run_id is null and (\(wanted))
                order by t.run_id limit \(Self.mostTurnsAtOnce)
            )
            select r.run_id, r.root_run_id, turn.is_over
            from turn join runs r on r.root_run_id = turn.run_id
            where r.conversation_id = \(conversation) order by r.run_id
            """,
            by: principal
        ).map { row in
            FollowedRun(id: try row.get("run_id"), root: try row.get("root_run_id"), isRootOver: try row.get("is_over"))
        }
    }
}

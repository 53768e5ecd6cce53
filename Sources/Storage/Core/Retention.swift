package import Engine
import Postgres

/// How much of the past a rule about keeping takes away, or would.
package struct RetentionCounts: Sendable, Equatable {
    package var conversations: Int
    /// Records of tool calls and of what models were sent.
    package var logs: Int

    package init(conversations: Int, logs: Int) {
        self.conversations = conversations
        self.logs = logs
    }
}

extension Store {
    /// Rows of one statement, so that none is long.
    private static let retentionBatch = 500

    /// What would go now, if these were the rules; nil for those who are no administrators.
    package func retentionCounts(
        conversationDays: Int?,
        logDays: Int?,
        by principal: Principal
    ) async throws -> RetentionCounts? {
        guard principal.isSuperuser else { return nil }
        let rows = try await batch(
            [
                "select count(*) from conversations c where \(Self.isOld(conversationDays))",
                """
                select (select count(*) from tool_calls t where \(Self.isOldLog(logDays, "t")))
                    + (select count(*) from model_requests t where \(Self.isOldLog(logDays, "t")))
                """,
            ],
            by: .system
        )
        return RetentionCounts(conversations: try rows[0].first?.get(0) ?? 0, logs: try rows[1].first?.get(0) ?? 0)
    }

    /// Once a day: away with what the rules let go, piece by piece, so that nobody waits for it. How much it was.
    @discardableResult
    package func applyRetention() async throws -> RetentionCounts {
        let settings = try await instanceSettings()
        var counts = RetentionCounts(conversations: 0, logs: 0)
        if let days = settings.conversationDays {
            counts.conversations = try await deleteAll { limit in
                """
                delete from conversations where conversation_id in (
                    select conversation_id from conversations c where \(Self.isOld(days)) limit \(limit)
                )
                """
            }
        }
        if let days = settings.logDays {
            counts.logs =
                try await deleteAll { limit in
                    """
                    delete from tool_calls where (run_id, call_id) in (
                        select run_id, call_id from tool_calls t where \(Self.isOldLog(days, "t")) limit \(limit)
                    )
                    """
                }
                + deleteAll { limit in
                    """
                    delete from model_requests where (run_id, request_id) in (
                        select run_id, request_id from model_requests t where \(Self.isOldLog(days, "t")) limit \(limit)
                    )
                    """
                }
        }
        return counts
    }

    private func deleteAll(_ statement: (Int) -> Query) async throws -> Int {
        var all = 0
        while true {
            let gone = try await query(statement(Self.retentionBatch), by: .system).affected
            all += gone
            if gone < Self.retentionBatch { return all }
        }
    }

    /// Of a `c` of conversations: untouched for so long, not pinned, and nothing at work in it. No rule lets nothing go.
    private static func isOld(_ days: Int?) -> Query {
        """
        c.last_activity_at < now() - \(days)::integer * interval '1 day' and not c.is_pinned and not exists (
            select from runs r where r.conversation_id = c.conversation_id and r.finished_at is null
        )
        """
    }

    /// Of runs that began so long ago: their keys are in the order of time. One that still goes on keeps its own.
    private static func isOldLog(_ days: Int?, _ name: Query) -> Query {
        """
        \(name).run_id < uuid_at(now() - \(days)::integer * interval '1 day') and not exists (
            select from runs r where r.run_id = \(name).run_id and r.finished_at is null
        )
        """
    }
}

package import Engine
package import Foundation
import Postgres

/// A run with what is known of it besides where it stands.
package struct RunRecord: Sendable, Equatable {
    package var run: Run
    /// That was chosen for it; nil for its agent's.
    package var modelID: UUID?
    package var startedAt: Date?
    /// The run from which it went on, after how many steps, and what is different: a JSON object.
    package var forkedFrom: UUID?
    package var forkedStep: Int?
    package var changes: String?
    /// The model calls of it and, where it is a turn, of all that it asked for.
    package var calls: Int
    package var tokens: TokenUsage
    /// nil when nothing had a price.
    package var cost: Decimal?
    package var currency: String?

    package init(
        run: Run,
        modelID: UUID? = nil,
        startedAt: Date? = nil,
        forkedFrom: UUID? = nil,
        forkedStep: Int? = nil,
        changes: String? = nil,
        calls: Int,
        tokens: TokenUsage,
        cost: Decimal? = nil,
        currency: String? = nil
    ) {
        self.run = run
        self.modelID = modelID
        self.startedAt = startedAt
        self.forkedFrom = forkedFrom
        self.forkedStep = forkedStep
        self.changes = changes
        self.calls = calls
        self.tokens = tokens
        self.cost = cost
        self.currency = currency
    }
}

extension RunRecord {
    /// What stays different in a run that goes on from this one: input, results and model stand in it already.
    package var keptChanges: RunChanges {
        let changes = changes.flatMap { try? JSONValue(parsing: $0) }
        return RunChanges(instruction: changes?["instruction"]?.string)
    }
}

extension Store {
    /// nil when there is no such run.
    package func runRecord(_ id: UUID, by principal: Principal) async throws -> RunRecord? {
        try await query(
            """
            select \(Run.columns), r.model_id, r.started_at, r.forked_from, r.forked_step, r.changes, paid.*
            from runs r cross join lateral (
                select count(*) as calls, coalesce(sum(u.input_tokens), 0)::bigint as input,
                    coalesce(sum(u.output_tokens), 0)::bigint as output,
                    coalesce(sum(u.cached_tokens), 0)::bigint as cached, sum(u.cost) as cost, min(u.currency) as currency
                from usage_records u
                where u.run_id = r.run_id or r.parent_run_id is null and u.run_id in (
                    select c.run_id from runs c where c.root_run_id = r.run_id and c.parent_run_id is not null
                )
            ) paid
            where r.run_id = \(id) and \(Self.isOwnRun(principal))
            """,
            by: principal
        ).first.map { row in
            RunRecord(
                run: try Run(row),
                modelID: try row.get("model_id"),
                startedAt: try row.get("started_at"),
                forkedFrom: try row.get("forked_from"),
                forkedStep: try row.get("forked_step"),
                changes: try row.get("changes"),
                calls: try row.get("calls"),
                tokens: TokenUsage(
                    input: try row.get("input"),
                    output: try row.get("output"),
                    cached: try row.get("cached")
                ),
                cost: try row.get("cost"),
                currency: try row.get("currency")
            )
        }
    }

    /// What the run's log amounts to; nil when there is no such run.
    package func replay(of run: UUID, by principal: Principal) async throws -> RunReplay? {
        let size = 2000
        var replay = RunReplay()
        var place: Int64 = 0
        while true {
            guard let events = try await events(of: run, after: place, limit: size, by: principal) else { return nil }
            for event in events { replay.feed(event) }
            place = events.last?.sequence ?? place
            if events.count < size { return replay }
        }
    }
}

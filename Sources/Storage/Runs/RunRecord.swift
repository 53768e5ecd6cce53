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
    /// By currency; empty when nothing had a price.
    package var costs: [String: Decimal]

    package init(
        run: Run,
        modelID: UUID? = nil,
        startedAt: Date? = nil,
        forkedFrom: UUID? = nil,
        forkedStep: Int? = nil,
        changes: String? = nil,
        calls: Int,
        tokens: TokenUsage,
        costs: [String: Decimal] = [:]
    ) {
        self.run = run
        self.modelID = modelID
        self.startedAt = startedAt
        self.forkedFrom = forkedFrom
        self.forkedStep = forkedStep
        self.changes = changes
        self.calls = calls
        self.tokens = tokens
        self.costs = costs
    }
}

extension RunRecord {
    /// What stays different in a run that goes on from this one: input, results and model stand in it already.
    package var keptChanges: RunChanges {
        let changes = changes.flatMap { try? JSONValue(parsing: $0) }
        return RunChanges(instruction: changes?["instruction"]?.string)
    }
}

extension RunRecord {
    /// Of an `r` of runs: what it has used and, where it is a turn, all that it asked for.
    static let paid: Query = """
        select coalesce(sum(calls), 0)::bigint as calls, coalesce(sum(input), 0)::bigint as input,
            coalesce(sum(output), 0)::bigint as output, coalesce(sum(cached), 0)::bigint as cached,
            json_object_agg(currency, cost) filter (where cost is not null)::text as costs
        from (
            select u.currency, count(*) as calls, sum(u.input_tokens) as input, sum(u.output_tokens) as output,
                sum(u.cached_tokens) as cached, sum(u.cost) as cost
            from (
                select r.run_id
                union all
                select c.run_id from runs c
                where r.parent_run_id is null and c.root_run_id = r.run_id and c.parent_run_id is not null
            ) family join usage_records u on u.run_id = family.run_id
            group by u.currency
        ) sums
        """

    init(_ row: Row) throws {
        self.init(
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
            costs: try row.get("costs", as: String?.self).map { try JSONValue(parsing: $0) }?.object?
                .compactMapValues(\.decimal) ?? [:]
        )
    }
}

extension Store {
    /// nil when there is no such run.
    package func runRecord(_ id: UUID, by principal: Principal) async throws -> RunRecord? {
        try await query(
            """
            select \(Run.columns), r.model_id, r.started_at, r.forked_from, r.forked_step, r.changes, paid.*
            from runs r cross join lateral (\(RunRecord.paid)) paid
            where r.run_id = \(id) and \(Self.isOwnRun(principal))
            """,
            by: principal
        ).first.map(RunRecord.init)
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

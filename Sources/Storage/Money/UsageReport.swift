package import Engine
package import Foundation
import Postgres

/// What model calls have cost, added up.
package enum UsageGrouping: String, Sendable, CaseIterable { case day, model, agent, user }

/// Which calls are added up, and how.
package struct UsageQuestion: Sendable, Equatable {
    package var grouping: UsageGrouping
    /// Days of UTC, `2026-11-21`, both included.
    package var from: String
    package var to: String

    package init(grouping: UsageGrouping, from: String, to: String) {
        self.grouping = grouping
        self.from = from
        self.to = to
    }
}

/// The calls of one day, model, agent or person, in one currency.
package struct UsageSum: Sendable, Equatable {
    /// The day, the model's name, or the id of the agent or person.
    package var key: String
    /// For people; the key itself where there is no other.
    package var name: String
    package var calls: Int
    package var failedCalls: Int
    package var runs: Int
    package var inputTokens: Int
    package var outputTokens: Int
    package var cachedTokens: Int
    package var cost: Decimal
    /// nil for calls of models without a price.
    package var currency: String?

    package init(
        key: String,
        name: String,
        calls: Int,
        failedCalls: Int,
        runs: Int,
        inputTokens: Int,
        outputTokens: Int,
        cachedTokens: Int,
        cost: Decimal,
        currency: String?
    ) {
        self.key = key
        self.name = name
        self.calls = calls
        self.failedCalls = failedCalls
        self.runs = runs
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.cachedTokens = cachedTokens
        self.cost = cost
        self.currency = currency
    }
}

extension Store {
    /// One's own calls; the whole organisation's for those who decide about its money. Days in their order, everything
    /// else by cost.
    package func usage(_ question: UsageQuestion, by principal: Principal) async throws -> [UsageSum] {
        let day: Query = "to_char(u.created_at at time zone 'UTC', 'YYYY-MM-DD')"
        let key: Query =
            switch question.grouping {
            case .day: day
            case .model: "u.model_name"
            // Programs call models without any.
            case .agent: "coalesce(u.agent_id::text, 'API')"
            case .user: "u.user_id::text"
            }
        let order: Query = question.grouping == .day ? "1" : "cost desc, calls desc, 1"
        let rows = try await query(
            """
            select \(key) as key, u.currency, count(*) as calls, count(*) filter (where not u.succeeded) as failed,
                count(distinct u.run_id) as runs, sum(u.input_tokens) as input, sum(u.output_tokens) as output,
                sum(u.cached_tokens) as cached, coalesce(sum(u.cost), 0) as cost
            from usage_records u
            where u.org_id = \(principal.organisationID)
                and (u.user_id = \(principal.userID) or (select alma_manages(\(principal.organisationID))))
                and u.created_at >= \(question.from)::date::timestamp at time zone 'UTC'
                and u.created_at < (\(question.to)::date + 1)::timestamp at time zone 'UTC'
            group by 1, 2 order by \(order) limit 2000
            """,
            by: principal
        )
        let names = try await names(of: question.grouping, rows, by: principal)
        return try rows.map { row in
            let key: String = try row.get("key")
            return UsageSum(
                key: key,
                name: names[key] ?? key,
                calls: try row.get("calls"),
                failedCalls: try row.get("failed"),
                runs: try row.get("runs"),
                inputTokens: try row.get("input"),
                outputTokens: try row.get("output"),
                cachedTokens: try row.get("cached"),
                cost: try row.get("cost"),
                currency: try row.get("currency")
            )
        }
    }

    private func names(
        of grouping: UsageGrouping,
        _ rows: Rows,
        by principal: Principal
    ) async throws -> [String: String] {
        let ids = try rows.compactMap { UUID(uuidString: try $0.get("key")) }
        switch grouping {
        case .day, .model: return [:]
        case .user:
            let names = try await nicknames(of: ids)
            return Dictionary(names.map { ($0.key.text, $0.value) }) { first, _ in first }
        case .agent:
            let found = try await query(
                "select agent_id, display_name from agents where agent_id = any(\(ids)::uuid[])",
                by: principal
            )
            let pairs = try found.map {
                (try $0.get("agent_id", as: UUID.self).text, try $0.get("display_name", as: String.self))
            }
            return Dictionary(pairs) { first, _ in first }
        }
    }

    /// What a run has cost, with all that worked for it, by currency.
    package func costs(ofRun run: UUID, by principal: Principal) async throws -> [String: Decimal] {
        let rows = try await query(
            """
            with recursive family as (
                select run_id from runs
                where run_id = \(run) and user_id = \(principal.userID) and org_id = \(principal.organisationID)
                union all
                select c.run_id from family f join runs c on c.parent_run_id = f.run_id
            )
            select u.currency, sum(u.cost) as cost from family f join usage_records u on u.run_id = f.run_id
            where u.cost is not null
            group by 1
            """,
            by: principal
        )
        return Dictionary(try rows.map { (try $0.get("currency"), try $0.get("cost")) }) { first, _ in first }
    }

    /// What each of these turns has cost with all its children, by run; only those in which children have cost
    /// something, as of the others the answer itself says it.
    package func costs(ofTurns runs: [UUID], by principal: Principal) async throws -> [UUID: [String: Decimal]] {
        guard !runs.isEmpty else { return [:] }
        let rows = try await query(
            """
            with children as (
                select root_run_id, run_id from runs
                where root_run_id = any(\(runs)::uuid[]) and parent_run_id is not null
                    and user_id = \(principal.userID) and org_id = \(principal.organisationID)
            ), family as (
                select root_run_id, run_id from children union select root_run_id, root_run_id from children
            )
            select f.root_run_id, u.currency, sum(u.cost) as cost
            from family f join usage_records u on u.run_id = f.run_id
            where u.cost is not null
            group by 1, 2
            """,
            by: principal
        )
        return try rows.reduce(into: [:]) { sums, row in
            sums[try row.get("root_run_id"), default: [:]][try row.get("currency")] = try row.get(
                "cost",
                as: Decimal.self
            )
        }
    }
}

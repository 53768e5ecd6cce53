package import Engine
package import Foundation
import Postgres

/// The calls of one day, model, agent, person or API key, in one currency.
package struct UsageSum: Sendable, Equatable {
    /// The key of calls that were made without an API key: by runs, and by programs with a token.
    package static let noKey = "No key"

    /// The day, the model's name, or the id of the agent, person or API key.
    package var key: String
    /// For people; the key itself where there is no other.
    package var name: String
    /// What an agent of the system's is called by programs; pages have words of their own for it.
    package var systemName: String?
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
        systemName: String? = nil,
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
        self.systemName = systemName
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
    /// Days in their order, everything else by cost.
    package func usage(_ question: UsageQuestion, by principal: Principal) async throws -> [UsageSum] {
        await settleCalls()
        let order: Query = question.grouping == .day ? "1" : "cost desc, calls desc, 1"
        let rows = try await query(
            """
            select \(question.grouping.key) as key, \(Self.usageSums) \(question.calls(of: principal))
            group by 1, 2 order by \(order) limit 2000
            """,
            by: Self.asker(question, principal)
        )
        let names = try await names(of: question.grouping, rows)
        return try rows.map { try UsageSum($0, names) }
    }

    /// The same over time: what each model, agent or person has used in each of the steps of the period, in the steps'
    /// order. Steps without calls are left out.
    package func usage(
        _ question: UsageQuestion,
        in step: UsageStep,
        by principal: Principal
    ) async throws -> [UsagePoint] {
        await settleCalls()
        let rows = try await query(
            """
            select to_char(date_trunc(\(step.rawValue), u.created_at, 'UTC') at time zone 'UTC', 'YYYY-MM-DD') as step,
                \(question.grouping.key) as key, \(Self.usageSums) \(question.calls(of: principal))
            group by 1, 2, 3 order by 1, cost desc, calls desc, 2 limit 20000
            """,
            by: Self.asker(question, principal)
        )
        let names = try await names(of: question.grouping, rows)
        return try rows.map { UsagePoint(step: try $0.get("step"), sum: try UsageSum($0, names)) }
    }

    /// For how many runs the calls were made; one that called several models, or on two days, counts once.
    package func runsPaid(_ question: UsageQuestion, by principal: Principal) async throws -> Int {
        let row = try await query(
            "select count(distinct u.run_id) as runs \(question.calls(of: principal))",
            by: Self.asker(question, principal)
        ).first
        return try row?.get("runs") ?? 0
    }

    private static let usageSums: Query = """
        u.currency, count(*) as calls, count(*) filter (where not u.succeeded) as failed,
            count(distinct u.run_id) as runs, sum(u.input_tokens) as input, sum(u.output_tokens) as output,
            sum(u.cached_tokens) as cached, coalesce(sum(u.cost), 0) as cost
        """

    /// Row-level security shows no administrator the calls of other organisations; these sums tell nothing of what was said.
    private static func asker(_ question: UsageQuestion, _ principal: Principal) -> Principal {
        question.scope == .everyone && principal.may(.usageRead) ? .system : principal
    }

    /// Names of what stands in rows that the asker may see.
    private func names(of grouping: UsageGrouping, _ rows: Rows) async throws -> [String: UsageName] {
        let ids = try rows.compactMap { UUID(uuidString: try $0.get("key")) }
        let found: Query =
            switch grouping {
            case .day, .model: ""
            case .user: "select user_id as id, nickname as name, null as system_name from users where user_id"
            case .key: "select key_id as id, name, null as system_name from api_keys where key_id"
            case .organization: "select org_id as id, name, null as system_name from organisations where org_id"
            case .agent:
                """
                select agent_id as id, display_name as name, case agent_type when 'system' then name end as system_name
                from agents where agent_id
                """
            }
        guard ![.day, .model].contains(grouping), !ids.isEmpty else { return [:] }
        let names = try await query("\(found) = any(\(ids)::uuid[])", by: .system).map { row in
            (
                try row.get("id", as: UUID.self).text,
                UsageName(name: try row.get("name"), systemName: try row.get("system_name"))
            )
        }
        return Dictionary(names) { first, _ in first }
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

extension UsageSum {
    init(_ row: Row, _ names: [String: UsageName]) throws {
        let key: String = try row.get("key")
        self.init(
            key: key,
            name: names[key]?.name ?? key,
            systemName: names[key]?.systemName,
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

/// What somebody or something with a key is called.
struct UsageName {
    var name: String
    var systemName: String?
}

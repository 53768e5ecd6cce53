import Engine
import Foundation
import Postgres

/// Model calls as the arrays that one statement takes them in.
struct UsageRows {
    private var runs: [UUID] = []
    private var records: [UsageRecord] = []

    var isEmpty: Bool { records.isEmpty }

    mutating func append(_ records: [UsageRecord], of run: UUID) {
        runs += Array(repeating: run, count: records.count)
        self.records += records
    }

    /// For those of these calls whose run is among `runs`, a name of rows like those of the table. A call that is there
    /// already is passed over: it is the same one.
    func insertion(for runs: Query) -> Query {
        """
        insert into usage_records (
            org_id, user_id, run_id, conversation_id, agent_id, attempt, \(Self.columns)
        )
        select r.org_id, r.user_id, r.run_id, r.conversation_id, r.agent_id, r.attempt, \(Self.values)
        from \(runs) r join unnest(\(self.runs)::uuid[], \(arrays)) u (run_id, \(Self.names)) on u.run_id = r.run_id
        on conflict (usage_id) do nothing
        """
    }

    /// The same for calls that belong to no run. `callers` has one for each call.
    static func insertion(of records: [UsageRecord], by callers: [GatewayCaller]) -> Query {
        var rows = UsageRows()
        rows.records = records
        return """
            insert into usage_records (org_id, user_id, key_id, address, attempt, \(columns))
            select u.org_id, u.user_id, u.key_id, left(u.address, 64), 1, \(values)
            from unnest(
                \(callers.map(\.organisation))::uuid[], \(callers.map(\.user))::uuid[],
                \(callers.map(\.key))::uuid[], \(callers.map(\.address))::text[], \(rows.arrays)
            ) u (org_id, user_id, key_id, address, \(names))
            on conflict (usage_id) do nothing
            """
    }

    private static let columns: Query = """
        usage_id, model_id, model_name, input_tokens, output_tokens, cached_tokens, cost, currency, response_time,
        first_token_time, succeeded
        """

    /// Of a `u` with `names`.
    private static let values: Query = """
        u.usage_id, u.model_id, left(u.model_name, 100), u.input, u.output, u.cached, u.cost, u.currency, u.response_time,
        u.first_token_time, u.succeeded
        """

    private static let names: Query =
        "usage_id, model_id, model_name, input, output, cached, cost, currency, response_time, first_token_time, succeeded"

    /// What has `names`, one array for each.
    private var arrays: Query {
        """
        \(records.map(\.id))::uuid[], \(records.map(\.modelID))::uuid[], \(records.map(\.modelName))::text[],
        \(records.map { max(0, $0.tokens.input) })::integer[], \(records.map { max(0, $0.tokens.output) })::integer[],
        \(records.map { max(0, $0.tokens.cached) })::integer[], \(records.map(\.cost))::numeric[],
        \(records.map { $0.currency ?? ($0.cost == nil ? nil : "USD") })::text[],
        \(records.map(\.responseTime))::double precision[], \(records.map(\.firstTokenTime))::double precision[],
        \(records.map(\.succeeded))::boolean[]
        """
    }
}

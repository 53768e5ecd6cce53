import Engine
import Foundation
import Postgres

/// Events of many runs on their way into the log, as one statement.
///
/// The rows of the runs are locked `for share`, in the order of their keys: a claim that would raise an epoch waits, or
/// passes by, until these events are there to be counted. A run whose epoch has passed, or that has ended, is left out
/// and named in the answer. They are locked one by one, each found by its key, whatever the planner thinks of the table:
/// its statistics of runs under way are always of another time.
struct EventAppend {
    let statement: Query

    /// `isRepeated` says that an earlier try may have stored them, its answer having been lost. Looking for what is there
    /// already writes each row twice over, so the first try does without.
    init(_ batches: [EventBatch], isRepeated: Bool = false) {
        let batches = batches.sorted { $0.run < $1.run }
        var rows = EventRows()
        var usage = UsageRows()
        var requests = RequestRows()
        var calls = ToolCallRows()
        for batch in batches {
            rows.append(batch.events, of: batch.run)
            usage.append(batch.usage, of: batch.run)
            requests.append(batch.usage, of: batch.run)
            calls.append(batch.toolCalls, of: batch.run)
        }
        let moves = batches.contains { $0.state != nil }
        // A batch rarely changes the state; then the statement is spared the thought.
        let moved: Query = """
            , moved as (
                update runs r set state = b.state from batch b join held using (run_id)
                where r.run_id = b.run_id and b.state is not null and r.state <> b.state
            )
            """
        let paid: Query = """
            , paid as (\(usage.insertion(for: "working")))\(requests.insertions(for: "working"))
            """
        let audited: Query = ", audited as (\(calls.insertion(for: "working")))"
        let working: Query = ", working as (select r.* from runs r join held using (run_id))"
        let passedOver: Query = "on conflict (run_id, sequence) do nothing"
        statement = """
            with batch as (
                select * from unnest(
                    \(batches.map(\.run))::uuid[], \(batches.map(\.epoch))::bigint[], \(batches.map(\.state))::text[]
                ) b (run_id, epoch, state)
            ), held as materialized (
                select r.run_id, r.watched from batch b cross join lateral (
                    select run_id, watched from runs
                    where run_id = b.run_id and lease_epoch = b.epoch
                        and state not in ('completed', 'failed', 'cancelled')
                    for share
                ) r
            ), stored as (
                insert into run_events (run_id, sequence, type, data, timestamp)
                select e.run_id, e.sequence, e.type, e.data::json, e.timestamp
                from \(rows.source) join held using (run_id)
                \(isRepeated ? passedOver : "")
            )\(moves ? moved : "")\(usage.isEmpty && calls.isEmpty ? "" : working)\(usage.isEmpty ? "" : paid)\(
                calls.isEmpty ? "" : audited
            )
            select run_id from batch where run_id not in (select run_id from held)
            union all
            select null from held where watched and pg_notify('alma_run', run_id::text) is null
            """
    }
}

/// Events as the arrays that one statement takes them in.
struct EventRows {
    private var runs: [UUID] = []
    private var sequences: [Int64] = []
    private var kinds: [RunEvent.Kind] = []
    private var data: [String] = []
    private var times: [String] = []

    mutating func append(_ events: [RunEvent], of run: UUID) {
        for event in events {
            runs.append(run)
            sequences.append(event.sequence)
            kinds.append(event.kind)
            data.append(event.data)
            times.append(event.timestamp.iso8601Milliseconds)
        }
    }

    /// A table `e`.
    var source: Query {
        """
        unnest(
            \(runs)::uuid[], \(sequences)::bigint[], \(kinds)::text[], \(data)::text[], \(times)::timestamptz[]
        ) e (run_id, sequence, type, data, timestamp)
        """
    }
}

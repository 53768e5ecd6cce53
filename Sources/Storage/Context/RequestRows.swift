import Crypto
import Engine
import Foundation
import Postgres

/// What models were sent, on its way into the store with what it cost.
struct RequestRows {
    private var runs: [UUID] = []
    private var records: [(id: UUID, model: String, sent: SentRequest)] = []

    mutating func append(_ usage: [UsageRecord], of run: UUID) {
        for record in usage {
            guard let sent = record.request else { continue }
            runs.append(run)
            records.append((record.id, record.modelName, sent))
        }
    }

    /// More parts of a `with`, for those of these calls whose run is among `runs`, a name of rows like those of the table.
    func insertions(for runs: Query) -> Query {
        guard !records.isEmpty else { return "" }
        let preambles = records.map(\.sent.preamble)
        let hashes = preambles.map { Data(SHA256.hash(data: Data($0.utf8))).base64EncodedString() }
        return """
            , sent as materialized (
                select r.run_id, r.org_id, r.user_id, r.attempt, s.*
                from \(runs) r join unnest(
                    \(self.runs)::uuid[], \(records.map(\.id))::uuid[], \(records.map(\.model))::text[],
                    \(hashes)::text[], \(preambles)::text[], \(records.map(\.sent.prefixBytes))::integer[],
                    \(records.map(\.sent.suffix))::text[]
                ) with ordinality s (of_run, request_id, model_name, hash, preamble, prefix_bytes, suffix, place)
                on s.of_run = r.run_id
            ), preambles as (
                insert into request_preambles (user_id, org_id, preamble_id, content)
                select user_id, org_id, decode(hash, 'base64'), preamble from sent
                where exists (select from users where users.user_id = sent.user_id) order by hash
                on conflict do nothing
            ), requests as (
                insert into model_requests (
                    run_id, request_id, org_id, user_id, attempt, model_name, preamble_id, prefix_bytes, suffix
                )
                select run_id, request_id, org_id, user_id, attempt, left(model_name, 100), decode(hash, 'base64'),
                    prefix_bytes, suffix
                from sent order by place
                on conflict do nothing
            )
            """
    }
}

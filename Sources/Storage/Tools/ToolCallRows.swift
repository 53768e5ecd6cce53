import Crypto
import Engine
import Foundation
import Postgres

/// Audited tool calls as the arrays that one statement takes them in.
struct ToolCallRows {
    /// Of an input, in bytes; what is longer is cut, and its size tells.
    private static let longestInput = 16 * 1024

    private var runs: [UUID] = []
    private var records: [ToolCallRecord] = []

    var isEmpty: Bool { records.isEmpty }

    mutating func append(_ records: [ToolCallRecord], of run: UUID) {
        runs += Array(repeating: run, count: records.count)
        self.records += records
    }

    /// For those of these calls whose run is among `runs`, a name of rows like those of the table. A call that is there
    /// already is passed over: it is the same one.
    func insertion(for runs: Query) -> Query {
        let digests = records.map { Data(SHA256.hash(data: Data($0.result.utf8))).base64EncodedString() }
        return """
            insert into tool_calls (
                run_id, call_id, org_id, user_id, conversation_id, agent_id, tool_name, input, input_bytes,
                result_digest, result_bytes, decision, succeeded, is_cached, seconds, called_at
            )
            select r.run_id, left(c.call_id, 100), r.org_id, r.user_id, r.conversation_id, r.agent_id,
                left(c.tool_name, 64), c.input, c.input_bytes, decode(c.digest, 'base64'), c.result_bytes, c.decision,
                c.succeeded, c.is_cached, c.seconds, c.called_at
            from \(runs) r join unnest(
                \(self.runs)::uuid[], \(records.map(\.callID.withoutZeroCharacters))::text[],
                \(records.map(\.toolName.withoutZeroCharacters))::text[],
                \(records.map { Self.excerpt($0.input) })::text[], \(records.map(\.input.utf8.count))::integer[],
                \(digests)::text[], \(records.map(\.result.utf8.count))::integer[],
                \(records.map(\.decision.rawValue))::text[], \(records.map(\.succeeded))::boolean[],
                \(records.map(\.isCached))::boolean[], \(records.map(\.seconds))::double precision[],
                \(records.map(\.calledAt.iso8601Milliseconds))::timestamptz[]
            ) c (
                of_run, call_id, tool_name, input, input_bytes, digest, result_bytes, decision, succeeded, is_cached,
                seconds, called_at
            ) on c.of_run = r.run_id
            on conflict (run_id, call_id) do nothing
            """
    }

    private static func excerpt(_ input: String) -> String {
        input.utf8.count > longestInput ? String(input.prefix(bytes: longestInput)) : input
    }
}

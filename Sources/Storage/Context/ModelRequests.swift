package import Engine
package import Foundation
import Postgres

/// What a model was sent in one call of a run, put together again.
package struct ModelRequestRecord: Sendable {
    /// That of the call's usage.
    package var id: UUID
    package var attempt: Int
    package var model: String
    package var sentAt: Date
    /// Instruction, tools, temperature, max_tokens.
    package var preamble: JSONValue
    /// As `ModelMessage.json` writes them.
    package var messages: [JSONValue]

    package init(
        id: UUID,
        attempt: Int,
        model: String,
        sentAt: Date,
        preamble: JSONValue,
        messages: [JSONValue]
    ) {
        self.id = id
        self.attempt = attempt
        self.model = model
        self.sentAt = sentAt
        self.preamble = preamble
        self.messages = messages
    }
}

extension Store {
    /// In the order in which they were made; nil when there is no such run.
    package func modelRequests(of id: UUID, by principal: Principal) async throws -> [ModelRequestRecord]? {
        guard let run = try await run(id, by: principal) else { return nil }
        let answers = try await batch(
            [
                """
                select q.request_id, q.attempt, q.model_name, q.created_at, q.prefix_bytes, q.suffix, p.content as preamble
                from model_requests q
                left join request_preambles p using (user_id, org_id, preamble_id)
                where q.run_id = \(id) order by q.position
                """,
                Self.history(of: RunTerms(run), upTo: "\(run.userMessageID)"),
            ],
            by: principal
        )
        let history = try History(answers[1]).upTo(run.userMessageID).messages
        var body: [UInt8] = []
        return try answers[0].map { row in
            body =
                Array(body.prefix(try row.get("prefix_bytes", as: Int.self)))
                + Array(try row.get("suffix", as: String.self).utf8)
            return ModelRequestRecord(
                id: try row.get("request_id"),
                attempt: try row.get("attempt"),
                model: try row.get("model_name"),
                sentAt: try row.get("created_at"),
                preamble: try row.get("preamble", as: String?.self).map { try JSONValue(parsing: $0) } ?? .null,
                messages: try Self.messages(in: body, history: history)
            )
        }
    }

    private static func messages(in body: [UInt8], history: [ModelMessage]) throws -> [JSONValue] {
        let text = "[" + String(decoding: body.dropLast(), as: UTF8.self) + "]"
        return try (JSONValue(parsing: text).array ?? []).flatMap { item -> [JSONValue] in
            guard let count = item["history"]?.int else { return [item] }
            // What was deleted since is missing.
            return try history.suffix(count).map { try JSONValue(parsing: $0.json) }
        }
    }
}

package import Engine
package import Foundation
import Postgres

extension Store: ToolResults {
    package func keep(_ result: String, resultOf call: String, of run: ClaimedRun) async throws -> Bool {
        try await query(
            """
            insert into tool_results (run_id, call_id, org_id, user_id, conversation_id, content)
            select run_id, \(call), org_id, user_id, conversation_id, \(result.withoutZeroCharacters) from runs
            where run_id = \(run.run.id) and lease_epoch = \(run.epoch) and finished_at is null
            for share
            on conflict (run_id, call_id) do update set content = excluded.content
            """,
            by: .system
        ).affected == 1
    }

    package func toolResult(_ call: String, of run: UUID, by principal: Principal) async throws -> String? {
        guard call.utf8.count <= 100, !call.utf8.contains(0) else { return nil }
        let answers = try await batch(
            [
                """
                select t.content from runs r join tool_results t on t.conversation_id = r.conversation_id
                where r.run_id = \(run) and \(Self.isOwnRun(principal)) and t.call_id = \(call)
                order by t.run_id = r.run_id desc, t.run_id desc limit 1
                """,
                """
                select \(RunEvent.columns) from runs r join run_events e on e.run_id = r.run_id
                where r.run_id = \(run) and \(Self.isOwnRun(principal)) and e.type = \(RunEvent.Kind.toolResult)
                    and strpos(e.data::text, \(call)) > 0
                order by e.sequence desc
                """,
            ],
            by: principal
        )
        // Parsed here: PostgreSQL's own functions refuse an escaped zero character that its json lets in.
        let told = try answers[1].map(RunEvent.init).lazy.compactMap { event -> JSONValue? in
            guard let data = try? JSONValue(parsing: event.data) else { return nil }
            return data["call_id"]?.string == call ? data : nil
        }.first
        // What a fork has changed is whole in its log, whatever the original's was.
        if let told, told["result_bytes"] == nil { return told["result"]?.string ?? told["error"]?.string }
        return try answers[0].first?.get("content")
    }
}

import Engine
import Foundation
import Storage

extension QueryField {
    /// What the audit's lists have in common.
    static let auditing = [
        QueryField(name: "who", schema: .text.about("By people with this in their name or address.")),
        QueryField(name: "from", schema: .day.about("The first day.")),
        QueryField(name: "to", schema: .day.about("The last day.")),
        QueryField(name: "format", schema: .choice("json", "csv").about("As JSON, or as a table.")),
    ]
}

extension QueryReader {
    /// nil for nothing but blanks.
    func typed(_ name: String) -> String? {
        let text = (text(name) ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : String(text.prefix(200))
    }

    /// Whether a table is wanted.
    func isCSV() throws(WebError) -> Bool {
        switch text("format") {
        case "csv": true
        case nil, "json": false
        default: throw .invalid("format", "Use json or csv.")
        }
    }

    func day(_ name: String) throws(WebError) -> Date? {
        guard let text = text(name) else { return nil }
        guard let date = Date(utcDay: text) else { throw .invalid(name, "Use a day such as 2026-11-21.") }
        return date
    }

    /// The last day is meant as a whole.
    func dayAfter(_ name: String) throws(WebError) -> Date? { try day(name)?.addingTimeInterval(86_400) }
}

extension ToolCallFilter {
    mutating func narrow(_ query: QueryReader) throws(WebError) {
        who = query.typed("who")
        from = try query.day("from")
        until = try query.dayAfter("to")
    }
}

extension [AuditedCall] {
    /// With a line of names on top.
    var csv: String {
        CSVTable.text(
            [
                "called_at", "user_id", "user_name", "agent_id", "agent_name", "run_id", "call_id", "tool_name",
                "decision",
                "success", "is_cached", "seconds", "input_bytes", "result_bytes", "result_digest",
            ],
            map { call in
                [
                    call.calledAt.iso8601Milliseconds, call.userID.text, call.userName ?? "", call.agentID.text,
                    call.agentName ?? "", call.runID.text, call.callID, call.toolName, call.decision.rawValue,
                    String(call.succeeded), String(call.isCached), String(call.seconds), String(call.inputBytes),
                    String(call.resultBytes), call.resultDigest,
                ]
            }
        )
    }
}

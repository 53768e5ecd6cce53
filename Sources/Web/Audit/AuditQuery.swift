import Engine
import Foundation
import Storage

/// What the audit's lists have in common.
enum AuditQuery {
    static let who = QueryParameter<String>.typed("who", "By people with this in their name or address.")
    static let from = QueryParameter<Date>.day("from", "The first day.")
    static let to = QueryParameter<Date>.day("to", "The last day.")
    static let fields = [who.field, from.field, to.field, TableFormat.parameter.field]
}

/// How a list is wanted.
enum TableFormat: String, Sendable, CaseIterable {
    case json, csv

    static let parameter = QueryParameter<TableFormat>.choice("format", "As JSON, or as a table.")
}

extension QueryReader {
    /// nil for nothing but blanks.
    func typed(_ name: String) -> String? {
        let text = (text(name) ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : String(text.prefix(200))
    }

    /// Whether a table is wanted.
    func isCSV() throws(WebError) -> Bool { try value(TableFormat.parameter) == .csv }

    func day(_ name: String) throws(WebError) -> Date? {
        guard let text = text(name) else { return nil }
        guard let date = Date(utcDay: text) else { throw .invalid(name, "Use a day such as 2026-11-21.") }
        return date
    }

    /// The last day is meant as a whole.
    func dayAfter(_ name: String) throws(WebError) -> Date? { try day(name)?.dayAfter }
}

extension Date {
    fileprivate var dayAfter: Date { addingTimeInterval(86_400) }
}

extension AuditFilter {
    init(_ query: QueryReader) throws(WebError) {
        self.init(
            user: try query.value(AuditFilter.user),
            who: try query.value(AuditQuery.who),
            action: try query.value(AuditFilter.action),
            text: try query.value(AuditFilter.text),
            from: try query.value(AuditQuery.from),
            until: try query.value(AuditQuery.to)?.dayAfter
        )
    }

    static let fields =
        [AuditFilter.user.field, AuditFilter.action.field, AuditFilter.text.field] + AuditQuery.fields

    private static let user = QueryParameter<UUID>.identifier("user_id", "By this person.")
    private static let action = QueryParameter<String>.typed("action", "Of actions that begin so, such as `user`.")
    private static let text = QueryParameter<String>.typed("q", "With this in target, detail or address.")
}

extension ToolCallFilter {
    mutating func narrow(_ query: QueryReader) throws(WebError) {
        who = try query.value(AuditQuery.who)
        from = try query.value(AuditQuery.from)
        until = try query.value(AuditQuery.to)?.dayAfter
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

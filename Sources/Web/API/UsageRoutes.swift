import Engine
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// `GET /v1/usage?group_by=day|model|agent|user&from=&to=`: what model calls have cost; `format=csv` as a table.
struct UsageRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/usage",
            .usage,
            "Shows what model calls have cost",
            about: "The last thirty days by day, where nothing else is said.",
            query: [Self.grouping.field, Self.from.field, Self.to.field, Self.format.field],
            replies: [.list(.usageSum), .file("text/csv", about: "With `format=csv`.")],
            use: show
        )
    }

    private enum Format: String, CaseIterable { case json, csv }
    private static let grouping = QueryParameter<UsageGrouping>.choice("group_by", "What the sums are of.")
    private static let from = QueryParameter<String>.text("from", "The first day.", .day)
    private static let to = QueryParameter<String>.text("to", "The last day.", .day)
    private static let format = QueryParameter<Format>.choice("format", "As JSON, or as a table.")

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let question = try UsageQuestion(
            context.query(Self.grouping, of: request),
            from: context.query(Self.from, of: request),
            to: context.query(Self.to, of: request)
        )
        let sums = try await services.store.usage(question, by: identity.principal)
        switch try context.query(Self.format, of: request) {
        case nil, .json: return Envelope.list(sums.map { $0.representation(question.grouping) }, context: context)
        case .csv: return .csv(sums.csv(question.grouping), name: question.fileName)
        }
    }
}

extension UsageQuestion {
    /// The last thirty days by day, where nothing else is said.
    init(_ grouping: UsageGrouping?, from: String?, to: String?, now: Date = Date()) throws(WebError) {
        let to = try UsageQuestion.day("to", to) ?? now.utcDay
        let from = try UsageQuestion.day("from", from) ?? now.addingTimeInterval(-29 * 86_400).utcDay
        guard from <= to else { throw .invalid("from", "The first day comes after the last.") }
        self.init(grouping: grouping ?? .day, from: from, to: to)
    }

    /// As a page's query says.
    init(_ query: QueryReader) throws(WebError) {
        guard let grouping = UsageGrouping(rawValue: query.text("group_by") ?? UsageGrouping.day.rawValue) else {
            throw .invalid("group_by", "Use day, model, agent or user.")
        }
        try self.init(grouping, from: query.text("from"), to: query.text("to"))
    }

    var fileName: String { "usage-\(grouping.rawValue)-\(from)-\(to).csv" }

    private static func day(_ name: String, _ text: String?) throws(WebError) -> String? {
        guard let text else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in part.utf8.allSatisfy { (48...57).contains($0) } ? Int(part) : nil }
        guard parts.map(\.count) == [4, 2, 2], numbers.count == 3, (1970...2999).contains(numbers[0]),
            let date = DateComponents(
                calendar: .utc,
                year: numbers[0],
                month: numbers[1],
                day: numbers[2]
            ).date, date.utcDay == text
        else { throw .invalid(name, "Use a day such as 2026-11-21.") }
        return text
    }
}

extension UsageSum {
    fileprivate func representation(_ grouping: UsageGrouping) -> JSONObject {
        JSONObject {
            $0.set("key", key)
            $0.set("name", name)
            $0.set("group_by", grouping.rawValue)
            $0.set("calls", calls)
            $0.set("failed_calls", failedCalls)
            $0.set("runs", runs)
            $0.set("prompt_tokens", inputTokens)
            $0.set("completion_tokens", outputTokens)
            $0.set("cached_tokens", cachedTokens)
            $0.raw("cost", currency == nil ? nil : "\(cost)")
            $0.set("currency", currency)
        }
    }
}

extension [UsageSum] {
    /// With a line of names on top; amounts to a millionth.
    func csv(_ grouping: UsageGrouping) -> String {
        let head =
            "\(grouping.rawValue),name,calls,failed_calls,runs,prompt_tokens,completion_tokens,cached_tokens,cost,currency"
        let lines = map { sum in
            let numbers = [sum.calls, sum.failedCalls, sum.runs, sum.inputTokens, sum.outputTokens, sum.cachedTokens]
            let cost = sum.currency == nil ? "" : "\(sum.cost)"
            let cells =
                [sum.key.csvCell, sum.name.csvCell] + numbers.map(String.init) + [cost, sum.currency?.csvCell ?? ""]
            return cells.joined(separator: ",")
        }
        return ([head] + lines).map { $0 + "\r\n" }.joined()
    }
}

extension String {
    /// Quoted where it must be. What a spreadsheet would take for a formula gets an apostrophe: names are people's words.
    fileprivate var csvCell: String {
        let isFormula = first.map { "=+-@\t\r".contains($0) } ?? false
        let text = isFormula ? "'" + self : self
        guard text.contains(where: { ",\"".contains($0) || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}

extension Response {
    /// A file to be kept. `name` is ours.
    static func csv(_ text: String, name: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8",
                .contentDisposition: "attachment; filename=\"\(name)\"",
            ],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }
}

extension Date {
    /// `2026-11-21`
    var utcDay: String { String(iso8601Milliseconds.prefix(10)) }
}

extension Calendar {
    fileprivate static var utc: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }
}

extension Schema {
    fileprivate static let usageSum = object(
        "UsageSum",
        [
            .text("key"), .text("name"), .field("group_by", .choice(UsageGrouping.self)), .integer("calls"),
            .integer("failed_calls"), .integer("runs"), .integer("prompt_tokens"), .integer("completion_tokens"),
            .integer("cached_tokens"), .number("cost").orNull, .text("currency").orNull,
        ]
    )
}

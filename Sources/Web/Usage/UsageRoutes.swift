import Engine
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// `GET /v1/usage?group_by=day|model|agent|user|key|organization&from=&to=`: what model calls have cost, one's own or those of the
/// organisation that one leads (`scope=own|organization`); with `series=` in steps of time; `format=csv` as a table.
/// `GET /v1/admin/usage`: the same of all organisations, for administrators.
struct UsageRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/usage",
            .usage,
            "Shows what model calls have cost",
            about: Self.about,
            query: Self.fields + [
                QueryField(name: "scope", schema: .choice("own", "organization").about("Whose calls."))
            ],
            replies: Self.replies,
            use: show
        )
        Endpoint(
            .get,
            "/v1/admin/usage",
            .administration,
            "Shows what model calls have cost in all organisations",
            about: Self.about,
            access: .permitted(.usageRead),
            query: Self.fields,
            replies: Self.replies,
            use: showAll
        )
    }

    private static let about =
        "The last thirty days by day, where nothing else is said. With `series` in steps of a day, of a week from 62 days on, of a month from 400 days on."

    private static let fields = [
        QueryField(name: "group_by", schema: .choice(UsageGrouping.self).about("What the sums are of.")),
        QueryField(
            name: "series",
            schema: .choice("model", "agent", "user", "key", "organization").about("Sums of these, over time.")
        ),
        QueryField(name: "from", schema: .day.about("The first day.")),
        QueryField(name: "to", schema: .day.about("The last day.")),
        QueryField(name: "model", schema: .text.about("Of this model.")),
        QueryField(name: "agent_id", schema: .uuid.about("Of this agent.")),
        QueryField(name: "user_id", schema: .uuid.about("Of this person.")),
        QueryField(name: "key_id", schema: .uuid.about("Of programs with this API key.")),
        QueryField(name: "organization_id", schema: .uuid.about("Of this organisation.")),
        QueryField(name: "format", schema: .choice("json", "csv").about("As JSON, or as a table.")),
    ]

    private static let replies: [Reply] = [
        .list(.usageSum), .file("text/csv", about: "With `format=csv`."),
    ]

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        return try await answer(request, context: context, identity: identity, isWhole: false)
    }

    func showAll(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.usageRead)
        return try await answer(request, context: context, identity: identity, isWhole: true)
    }

    private func answer(
        _ request: Request,
        context: WebContext,
        identity: Identity,
        isWhole: Bool
    ) async throws -> Response {
        let query = QueryReader(request)
        try query.check(Self.fields)
        if !isWhole { try query.check([QueryField(name: "scope", schema: .choice("own"))]) }
        let question = try UsageQuestion(query, isWhole: isWhole)
        let isCSV = try UsageRoutes.isCSV(query)
        if let series = try UsageQuestion.grouping("series", query) {
            guard series != .day, question.grouping == .day else {
                throw WebError.invalid("series", "Use model, agent, user, key or organization, with group_by=day.")
            }
            let points = try await services.store.usage(question, over: series, by: identity.principal)
            if isCSV { return .csv(points.csv(series), name: question.fileName) }
            return Envelope.list(points.map { $0.representation(series) }, context: context)
        }
        let sums = try await services.store.usage(question, by: identity.principal)
        if isCSV { return .csv(sums.csv(question.grouping), name: question.fileName) }
        return Envelope.list(sums.map { $0.representation(question.grouping) }, context: context)
    }

    private static func isCSV(_ query: QueryReader) throws(WebError) -> Bool {
        switch query.text("format") {
        case nil, "json": false
        case "csv": true
        default: throw .invalid("format", "Use json or csv.")
        }
    }
}

extension Store {
    /// The question in the steps that its days make, stacked by `series`.
    func usage(
        _ question: UsageQuestion,
        over series: UsageGrouping,
        by principal: Principal
    ) async throws -> [UsagePoint] {
        var question = question
        question.grouping = series
        return try await usage(question, in: UsagePeriod(question)?.step ?? .day, by: principal)
    }
}

extension UsageQuestion {
    /// The last thirty days by day, where nothing else is said. `isWhole`: of all organisations.
    init(_ query: QueryReader, isWhole: Bool = false, now: Date = Date()) throws(WebError) {
        let grouping = try UsageQuestion.grouping("group_by", query) ?? .day
        let to = try UsageQuestion.day("to", query) ?? now.utcDay
        let from = try UsageQuestion.day("from", query) ?? now.addingTimeInterval(-29 * 86_400).utcDay
        guard from <= to else { throw .invalid("from", "The first day comes after the last.") }
        let scope = query.text("scope") ?? UsageScope.organization.rawValue
        guard let scope = UsageScope(rawValue: scope), scope != .everyone else {
            throw .invalid("scope", "Use own or organization.")
        }
        self.init(
            grouping: grouping,
            from: from,
            to: to,
            scope: isWhole ? .everyone : scope,
            model: query.text("model").map { String($0.prefix(200)) },
            agent: try query.identifier("agent_id"),
            user: try query.identifier("user_id"),
            key: try query.identifier("key_id"),
            organisation: try query.identifier("organization_id")
        )
    }

    var fileName: String { "usage-\(grouping.rawValue)-\(from)-\(to).csv" }

    static func grouping(_ name: String, _ query: QueryReader) throws(WebError) -> UsageGrouping? {
        guard let text = query.text(name) else { return nil }
        guard let grouping = UsageGrouping(rawValue: text) else {
            throw .invalid(name, "Use day, model, agent, user, key or organization.")
        }
        return grouping
    }

    private static func day(_ name: String, _ query: QueryReader) throws(WebError) -> String? {
        guard let text = query.text(name) else { return nil }
        guard Date(utcDay: text) != nil else { throw .invalid(name, "Use a day such as 2026-11-21.") }
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

extension UsagePoint {
    fileprivate func representation(_ series: UsageGrouping) -> JSONObject {
        var object = sum.representation(series)
        object.set("from", step)
        return object
    }
}

extension Schema {
    fileprivate static let usageSum = object(
        "UsageSum",
        [
            .text("key"), .text("name"), .field("group_by", .choice(UsageGrouping.self)), .integer("calls"),
            .integer("failed_calls"), .integer("runs"), .integer("prompt_tokens"), .integer("completion_tokens"),
            .integer("cached_tokens"), .number("cost").orNull, .text("currency").orNull,
            .field("from", .day).about("The first day of the step, with `series`.").orMissing,
        ]
    )
}

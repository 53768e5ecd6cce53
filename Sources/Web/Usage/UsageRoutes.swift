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
            query: UsageQuery.fields + [UsageQuery.scope.field],
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
            query: UsageQuery.fields,
            replies: Self.replies,
            use: showAll
        )
    }

    private static let about =
        "The last thirty days by day, where nothing else is said. With `series` in steps of a day, of a week from 62 days on, of a month from 400 days on."

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
        let query = context.query(of: request)
        let question = try UsageQuestion(query, isWhole: isWhole)
        let isCSV = try query.isCSV()
        if let series = try query.value(UsageQuery.series) {
            guard question.grouping == .day else {
                throw WebError.invalid("series", "Use model, agent, user, key or organization, with group_by=day.")
            }
            let points = try await services.store.usage(question, over: series, by: identity.principal)
            if isCSV { return .csv(points.csv(series), name: question.fileName, context: context) }
            return Envelope.list(points.map { $0.representation(series) }, context: context)
        }
        let sums = try await services.store.usage(question, by: identity.principal)
        if isCSV { return .csv(sums.csv(question.grouping), name: question.fileName, context: context) }
        return Envelope.list(sums.map { $0.representation(question.grouping) }, context: context)
    }
}

/// What can be asked of the usage.
private enum UsageQuery {
    static let grouping = QueryParameter<UsageGrouping>.choice("group_by", "What the sums are of.")
    static let series = QueryParameter<UsageGrouping>.choice(
        "series",
        "Sums of these, over time.",
        among: UsageGrouping.allCases.filter { $0 != .day }
    )
    static let from = QueryParameter<Date>.day("from", "The first day.")
    static let to = QueryParameter<Date>.day("to", "The last day.")
    static let model = QueryParameter<String>.text("model", "Of this model.")
    static let agent = QueryParameter<UUID>.identifier("agent_id", "Of this agent.")
    static let user = QueryParameter<UUID>.identifier("user_id", "Of this person.")
    static let key = QueryParameter<UUID>.identifier("key_id", "Of programs with this API key.")
    static let organisation = QueryParameter<UUID>.identifier("organization_id", "Of this organisation.")
    /// Not where all organisations are asked of.
    static let scope = QueryParameter<UsageScope>.choice("scope", "Whose calls.", among: [.own, .organization])

    static let fields = [
        grouping.field, series.field, from.field, to.field, model.field, agent.field, user.field, key.field,
        organisation.field, TableFormat.parameter.field,
    ]
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
        let to = try query.value(UsageQuery.to)?.utcDay ?? now.utcDay
        let from = try query.value(UsageQuery.from)?.utcDay ?? now.addingTimeInterval(-29 * 86_400).utcDay
        guard from <= to else { throw .invalid("from", "The first day comes after the last.") }
        self.init(
            grouping: try query.value(UsageQuery.grouping) ?? .day,
            from: from,
            to: to,
            scope: try isWhole ? .everyone : query.value(UsageQuery.scope) ?? .organization,
            model: try query.value(UsageQuery.model).map { String($0.prefix(200)) },
            agent: try query.value(UsageQuery.agent),
            user: try query.value(UsageQuery.user),
            key: try query.value(UsageQuery.key),
            organisation: try query.value(UsageQuery.organisation)
        )
    }

    var fileName: String { "usage-\(grouping.rawValue)-\(from)-\(to).csv" }
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

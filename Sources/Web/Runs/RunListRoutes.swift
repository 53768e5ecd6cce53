import Engine
import Foundation
import Hummingbird
import Storage

/// `GET /v1/runs?state=&agent_id=&conversation_id=&since=&sort=&children=`: one's own runs, the newest first. `GET
/// /v1/admin/runs` has everybody's, with whose they are, for administrators, who may stop any of them.
struct RunListRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/runs",
            .runs,
            "Lists one's runs",
            about: "Turns, with all that worked for them in their sums.",
            query: Self.fields + QueryField.page,
            replies: [.page(.listedRun)],
            use: list
        )
        Endpoint(
            .get,
            "/v1/admin/runs",
            .administration,
            "Lists everybody's runs",
            about: "Whose they are and what they use, never what was said.",
            access: .permitted(.runRead),
            query: Self.fields + [Self.user] + QueryField.page,
            replies: [.page(.listedRun)],
            use: listAll
        )
        Endpoint(
            .post,
            "/v1/admin/runs/{id}/cancellation",
            .administration,
            "Stops anybody's run",
            about: "Written down in the audit.",
            access: .permitted(.runCancel),
            replies: [.object(.run, .accepted)],
            use: stop
        )
    }

    private static let user = QueryField(name: "user_id", schema: .uuid.about("Of this person."))
    private static let fields = [
        QueryField(
            name: "state",
            schema: .text(1...200).about("`live` for all that have not ended, or states parted by commas.")
        ),
        QueryField(name: "agent_id", schema: .uuid.about("Of this agent.")),
        QueryField(name: "conversation_id", schema: .uuid.about("In this conversation.")),
        QueryField(name: "children", schema: .boolean.about("Those that serve others, too.")),
        QueryField(name: "since", schema: .text(1...40).about("That were begun at this moment or later.")),
        QueryField(name: "sort", schema: .choice(RunFilter.Order.self).about("The order; the newest first.")),
    ]

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        return try await page(RunFilter(QueryReader(request), .own), request, context: context, identity: identity)
    }

    func listAll(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.runRead)
        try QueryReader(request).check([Self.user])
        return try await page(RunFilter(QueryReader(request), .everyone), request, context: context, identity: identity)
    }

    func stop(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.runCancel)
        let run = try await services.stop(context.identifier("id"), by: identity, context: context)
        guard let run else { throw WebError.notFound }
        return Envelope.success(run.representation, status: .accepted, context: context)
    }

    private func page(
        _ filter: RunFilter,
        _ request: Request,
        context: WebContext,
        identity: Identity
    ) async throws -> Response {
        try QueryReader(request).check(Self.fields + QueryField.page)
        let page = try QueryReader(request).page()
        let runs = try await services.store.runs(filter, page: page, by: identity.principal)
        return Envelope.page(runs.items.map(\.representation), page, total: runs.total, context: context)
    }
}

extension WebServices {
    /// Stops anybody's run as its owner would, and writes down who did; nil when there is none.
    func stop(_ run: UUID, by identity: Identity, context: WebContext) async throws -> Run? {
        guard let owner = try await store.owner(ofRun: run, by: identity.principal),
            let stopped = try await cancel(run, by: owner)
        else { return nil }
        await record("run.stopped", target: run.text, by: identity.principal, address: context.remoteAddress)
        return stopped
    }
}

extension RunFilter {
    init(_ query: QueryReader, _ scope: Scope) throws(WebError) {
        let order = query.text("sort") ?? RunFilter.Order.newest.rawValue
        guard let order = RunFilter.Order(rawValue: order) else {
            throw .invalid("sort", "Use one of \(RunFilter.Order.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        self.init(
            scope: scope,
            states: try RunFilter.states(query),
            agent: try query.identifier("agent_id"),
            user: scope == .everyone ? try query.identifier("user_id") : nil,
            conversation: try query.identifier("conversation_id"),
            withChildren: try query.flag("children") ?? false,
            since: try query.text("since").map { (text) throws(WebError) in try RunFilter.moment("since", text) },
            order: order
        )
    }

    /// `live` for all that have not ended, or states parted by commas.
    private static func states(_ query: QueryReader) throws(WebError) -> [RunState] {
        var states: [RunState] = []
        for name in (query.text("state") ?? "").split(separator: ",") {
            if name == "live" {
                states += RunState.allCases.filter { !$0.isFinal }
            } else if let state = RunState(rawValue: String(name)) {
                states.append(state)
            } else {
                throw .invalid(
                    "state",
                    "Use live, or of these: \(RunState.allCases.map(\.rawValue).joined(separator: ", "))."
                )
            }
        }
        return states
    }

    private static func moment(_ name: String, _ text: String) throws(WebError) -> Date {
        let style = Date.ISO8601FormatStyle()
        let found =
            Date(utcDay: text) ?? (try? style.parse(text))
            ?? (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text))
        guard let found else { throw .invalid(name, "Use a moment such as 2026-11-21T10:00:00Z.") }
        return found
    }
}

extension ListedRun {
    var representation: JSONObject {
        var object = record.run.representation
        object.set("user_id", record.run.userID)
        object.set("user_name", userName)
        object.set("agent_name", agentName)
        object.set("started_at", record.startedAt)
        object.set("worker_id", workerID)
        object.set("calls", record.calls)
        object.set("prompt_tokens", record.tokens.input)
        object.set("completion_tokens", record.tokens.output)
        object.set("cached_tokens", record.tokens.cached)
        object.set("costs", record.costs.representations)
        object.set("last_event", lastEvent?.rawValue)
        object.set("tool_name", toolName)
        return object
    }
}

extension Schema {
    fileprivate static let listedRun = run.adding(
        "ListedRun",
        [
            .uuid("user_id"), .text("user_name").orNull, .text("agent_name").orNull, .date("started_at").orNull,
            .uuid("worker_id").orNull, .integer("calls"), .integer("prompt_tokens"), .integer("completion_tokens"),
            .integer("cached_tokens"), .list("costs", of: .cost), .text("last_event").orNull,
            .text("tool_name").orNull,
        ]
    )
}

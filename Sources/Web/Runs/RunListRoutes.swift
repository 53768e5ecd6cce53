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
            query: RunFilter.fields + QueryField.page,
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
            query: RunFilter.fields + [RunFilter.user.field] + QueryField.page,
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

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        return try await page(.own, request, context: context, identity: identity)
    }

    func listAll(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.runRead)
        return try await page(.everyone, request, context: context, identity: identity)
    }

    func stop(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.runCancel)
        let run = try await services.stop(context.identifier("id"), by: identity, context: context)
        guard let run else { throw WebError.notFound }
        return Envelope.success(run.representation, status: .accepted, context: context)
    }

    private func page(
        _ scope: RunFilter.Scope,
        _ request: Request,
        context: WebContext,
        identity: Identity
    ) async throws -> Response {
        let filter = try RunFilter(context.query(of: request), scope)
        let page = try context.page(of: request)
        let runs = try await services.store.runs(filter, page: page, by: identity.principal)
        return Envelope.page(runs.items.map(\.representation), page, total: runs.total, context: context)
    }
}

extension WebServices {
    /// Stops anybody's run as its owner would, and writes down who did; nil when there is none.
    func stop(_ run: UUID, by identity: Identity, context: WebContext) async throws -> Run? {
        guard let owner = try await store.owner(ofRun: run, by: identity.principal) else { return nil }
        return try await cancel(run, by: owner, stopper: identity.principal, address: context.remoteAddress)
    }
}

extension RunFilter {
    init(_ query: QueryReader, _ scope: Scope) throws(WebError) {
        self.init(
            scope: scope,
            states: try query.value(RunFilter.state) ?? [],
            agent: try query.value(RunFilter.agent),
            user: try scope == .everyone ? query.value(RunFilter.user) : nil,
            conversation: try query.value(RunFilter.conversation),
            withChildren: try query.value(RunFilter.children) ?? false,
            since: try query.value(RunFilter.since),
            order: try query.value(RunFilter.order) ?? .newest
        )
    }

    /// But for whose they are, which is asked of everybody's only.
    fileprivate static let fields = [
        RunFilter.state.field, RunFilter.agent.field, RunFilter.conversation.field, RunFilter.children.field,
        RunFilter.since.field, RunFilter.order.field,
    ]
    fileprivate static let user = QueryParameter<UUID>.identifier("user_id", "Of this person.")

    private static let state = QueryParameter<[RunState]>(
        "state",
        .text(1...200),
        "`live` for all that have not ended, or states parted by commas."
    ) { query throws(WebError) in try RunFilter.states(query) }
    private static let agent = QueryParameter<UUID>.identifier("agent_id", "Of this agent.")
    private static let conversation = QueryParameter<UUID>.identifier("conversation_id", "In this conversation.")
    private static let children = QueryParameter<Bool>.flag("children", "Those that serve others, too.")
    private static let since = QueryParameter<Date>(
        "since",
        .text(1...40),
        "That were begun at this moment or later."
    ) { query throws(WebError) in try RunFilter.moment("since", query) }
    private static let order = QueryParameter<RunFilter.Order>.choice("sort", "The order; the newest first.")

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

    private static func moment(_ name: String, _ query: QueryReader) throws(WebError) -> Date? {
        guard let text = query.text(name) else { return nil }
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

import Engine
import Foundation
import Hummingbird
import Storage

/// What is at work now and what was, with a stop for each: one's own, or for administrators everybody's.
struct RunListPage: Sendable {
    let desk: Desk
    /// Of everybody, for administrators.
    var isWhole = false

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try isWhole ? context.permitted(.runRead) : context.signedIn()
        let voice = try desk.voice(context)
        let choice = RunListChoice(QueryReader(request), isWhole: isWhole)
        let runs = try await desk.store.runs(choice.filter, page: choice.page, by: identity.principal)
        let title = voice.words[isWhole ? "admin.place.runs" : "runs.own"]
        var frame = desk.frame(title, isWhole ? .admin : .usage, request: request, context: context, voice: voice)
        frame.isLive = choice.isLive
        let mayStop = !isWhole || identity.principal.may(.runCancel)
        let view = RunListView(page: frame, choice: choice, runs: runs, mayStop: mayStop, voice: voice)
        return try desk.page(view, context: context)
    }

    /// One that has ended meanwhile stays as it is; the list shows it.
    func stop(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.runCancel)
        let back = try await request.decodeForm().back(under: "/admin/runs")
        guard try await desk.services.stop(context.identifier("id"), by: identity, context: context) != nil else {
            throw WebError.notFound
        }
        return .redirect(to: back ?? "/admin/runs", done: .stopping)
    }
}

/// Which runs somebody looks at, read from the address: what makes no sense is left out.
struct RunListChoice: Sendable {
    var filter: RunFilter
    var page: Page

    init(_ query: QueryReader, isWhole: Bool) {
        let scope: RunFilter.Scope = isWhole ? .everyone : .own
        filter = (try? RunFilter(query, scope)) ?? RunFilter(scope: scope)
        page = (try? query.page(defaultSize: 50)) ?? Page(size: 50)
        if query.text("state") == nil { filter.states = RunState.allCases.filter { !$0.isFinal } }
        if query.text("state") == "all" { filter.states = [] }
    }

    var isWhole: Bool { filter.scope == .everyone }

    /// Whether only what has not ended is listed.
    var isLive: Bool { !filter.states.isEmpty && filter.states.allSatisfy { !$0.isFinal } }

    /// The word that stands for the states in the address.
    var state: String {
        if filter.states.isEmpty { return "all" }
        return filter.states.count == 1 ? filter.states[0].rawValue : "live"
    }

    var address: String {
        let fields: [(String, String?)] = [
            ("state", state), ("agent_id", filter.agent?.text), ("user_id", filter.user?.text),
            ("children", filter.withChildren ? "true" : nil),
            ("page", page.number > 1 ? String(page.number) : nil),
        ]
        return (isWhole ? "/admin/runs?" : "/runs?")
            + fields.compactMap { name, value in value.map { "\(name)=\($0.addressEncoded)" } }.joined(separator: "&")
    }

    func with(_ change: (inout RunListChoice) -> Void) -> RunListChoice {
        var other = self
        other.page.number = 1
        change(&other)
        return other
    }
}

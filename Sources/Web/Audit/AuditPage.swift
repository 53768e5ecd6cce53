import Engine
import Foundation
import Hummingbird
import Storage

/// For administrators: who did what and when, and which tools agents have called for whom. For everybody: what they did themselves.
struct AuditPage: Sendable {
    let desk: Desk
    /// Of everybody, for administrators.
    var isWhole = false

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try reader(context)
        let voice = try desk.voice(context)
        let choice = self.choice(request, identity)
        let found = try await desk.store.auditEvents(choice.filter, page: choice.page, by: identity.principal)
        let frame = self.frame(request, context: context, voice: voice)
        return try desk.page(AuditView(page: frame, choice: choice, events: found, voice: voice), context: context)
    }

    func download(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try reader(context)
        let choice = self.choice(request, identity)
        return .csv(try await desk.store.auditEvents(choice.filter, by: identity.principal).csv, name: "audit.csv")
    }

    func toolCalls(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.auditRead)
        let voice = try desk.voice(context)
        let choice = ToolCallChoice(QueryReader(request))
        let found = try await desk.store.toolCalls(choice.filter, page: choice.page, by: identity.principal)
        let frame = self.frame(request, context: context, voice: voice)
        return try desk.page(ToolCallsView(page: frame, choice: choice, calls: found, voice: voice), context: context)
    }

    func downloadCalls(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.auditRead)
        let choice = ToolCallChoice(QueryReader(request))
        return .csv(try await desk.store.toolCalls(choice.filter, by: identity.principal).csv, name: "tool-calls.csv")
    }

    private func reader(_ context: WebContext) throws(WebError) -> Identity {
        try isWhole ? context.permitted(.auditRead) : context.signedIn()
    }

    private func choice(_ request: Request, _ identity: Identity) -> AuditChoice {
        AuditChoice(QueryReader(request), of: isWhole ? nil : identity.user.id)
    }

    private func frame(_ request: Request, context: WebContext, voice: Voice) -> Frame {
        let title = voice.words[isWhole ? "admin.place.audit" : "audit.own"]
        return desk.frame(title, isWhole ? .admin : nil, request: request, context: context, voice: voice)
    }
}

/// Which events somebody looks at, read from the address: what makes no sense is left out.
struct AuditChoice: Sendable {
    var filter: AuditFilter
    var page: Page
    /// As they were typed.
    let fields: [String: String]
    /// Of everybody, not of one person who reads it.
    let isWhole: Bool

    private static let names = ["who", "action", "q", "from", "to"]

    init(_ query: QueryReader, of person: UUID? = nil) {
        isWhole = person == nil
        fields = Dictionary(Self.names.compactMap { name in query.text(name).map { (name, $0) } }) { first, _ in first }
        filter = AuditFilter(
            user: (try? query.identifier("user_id")) ?? nil,
            who: query.typed("who"),
            action: query.typed("action"),
            text: query.typed("q"),
            from: (try? query.day("from")) ?? nil,
            until: (try? query.dayAfter("to")) ?? nil
        )
        if let person { filter.user = person }
        page = (try? query.page(defaultSize: 50)) ?? Page(size: 50)
    }

    var path: String { isWhole ? "/admin/audit" : "/settings/audit" }

    func address(_ suffix: String = "", page: Int = 1) -> String {
        let parts = Self.names.compactMap { name in fields[name].map { (name, $0) } }
        return (path + suffix).withQuery(parts + (page > 1 ? [("page", String(page))] : []))
    }
}

/// Which tool calls an administrator looks at.
struct ToolCallChoice: Sendable {
    var filter: ToolCallFilter
    var page: Page
    /// As they were typed.
    let fields: [String: String]

    private static let names = ["tool", "who", "from", "to"]

    init(_ query: QueryReader) {
        fields = Dictionary(Self.names.compactMap { name in query.text(name).map { (name, $0) } }) { first, _ in first }
        filter = ToolCallFilter(
            tool: query.typed("tool"),
            user: (try? query.identifier("user_id")) ?? nil,
            decision: query.text("decision").flatMap(ToolCallRecord.Decision.init),
            succeeded: (try? query.flag("success")) ?? nil
        )
        filter.who = query.typed("who")
        filter.from = (try? query.day("from")) ?? nil
        filter.until = (try? query.dayAfter("to")) ?? nil
        page = (try? query.page(defaultSize: 50)) ?? Page(size: 50)
    }

    /// The same list, of another person.
    func address(_ path: String = "/admin/audit/tool-calls", page: Int = 1, user: UUID?) -> String {
        let typed = Self.names.map { ($0, fields[$0]) }
        let chosen: [(String, String?)] = [
            ("user_id", user?.text), ("decision", filter.decision?.rawValue),
            ("success", filter.succeeded.map { $0 ? "true" : "false" }), ("page", page > 1 ? String(page) : nil),
        ]
        return path.withQuery((typed + chosen).compactMap { name, value in value.map { (name, $0) } })
    }
}

extension String {
    /// This path with fields behind it.
    func withQuery(_ fields: [(String, String)]) -> String {
        guard !fields.isEmpty else { return self }
        return self + "?" + fields.map { "\($0)=\($1.addressEncoded)" }.joined(separator: "&")
    }
}

import Engine
import Foundation
import Hummingbird
import Storage

/// For administrators: who did what and when, and which tools agents have called for whom.
struct AuditPage: Sendable {
    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.auditRead)
        let voice = try desk.voice(context)
        let choice = AuditChoice(QueryReader(request))
        let found = try await desk.store.auditEvents(choice.filter, page: choice.page, by: identity.principal)
        let frame = self.frame(request, context: context, voice: voice)
        return try desk.page(AuditView(page: frame, choice: choice, events: found, voice: voice), context: context)
    }

    func download(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.auditRead)
        let choice = AuditChoice(QueryReader(request))
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

    private func frame(_ request: Request, context: WebContext, voice: Voice) -> Frame {
        desk.frame(voice.words["admin.place.audit"], .admin, request: request, context: context, voice: voice)
    }
}

/// Which events an administrator looks at, read from the address: what makes no sense is left out.
struct AuditChoice: Sendable {
    var filter: AuditFilter
    var page: Page
    /// As they were typed.
    let fields: [String: String]

    private static let names = ["who", "action", "q", "from", "to"]

    init(_ query: QueryReader) {
        fields = Dictionary(Self.names.compactMap { name in query.text(name).map { (name, $0) } }) { first, _ in first }
        filter = (try? AuditFilter(query)) ?? AuditFilter()
        page = (try? query.page(defaultSize: 50)) ?? Page(size: 50)
    }

    func address(_ path: String = "/admin/audit", page: Int = 1) -> String {
        let parts = Self.names.compactMap { name in fields[name].map { (name, $0) } }
        return path.withQuery(parts + (page > 1 ? [("page", String(page))] : []))
    }
}

/// Which tool calls an administrator looks at.
struct ToolCallChoice: Sendable {
    var filter: ToolCallFilter
    var page: Page

    init(_ query: QueryReader) {
        filter = ToolCallFilter(
            tool: query.text("tool"),
            user: (try? query.identifier("user_id")) ?? nil,
            decision: query.text("decision").flatMap(ToolCallRecord.Decision.init),
            succeeded: (try? query.flag("success")) ?? nil
        )
        page = (try? query.page(defaultSize: 50)) ?? Page(size: 50)
    }

    func address(page: Int = 1, user: UUID?) -> String {
        let fields: [(String, String?)] = [
            ("tool", filter.tool), ("user_id", user?.text), ("decision", filter.decision?.rawValue),
            ("success", filter.succeeded.map { $0 ? "true" : "false" }), ("page", page > 1 ? String(page) : nil),
        ]
        return "/admin/audit/tool-calls".withQuery(fields.compactMap { name, value in value.map { (name, $0) } })
    }
}

extension String {
    /// This path with fields behind it.
    func withQuery(_ fields: [(String, String)]) -> String {
        guard !fields.isEmpty else { return self }
        return self + "?" + fields.map { "\($0)=\($1.addressEncoded)" }.joined(separator: "&")
    }
}

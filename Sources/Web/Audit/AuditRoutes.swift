import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// `GET /v1/audit/events?user_id=&who=&action=&q=&from=&to=`: what was done, the newest first; one's own, for administrators
/// everybody's; `format=csv` as a table.
struct AuditRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/audit/events",
            .audit,
            "Lists what was done",
            about: "The newest first: what one has done oneself; for administrators what everybody has.",
            query: Self.fields + QueryField.page,
            replies: [.page(.auditEvent), .file("text/csv", about: "With `format=csv`: the newest 10,000.")],
            use: events
        )
    }

    private static let fields = [
        QueryField(name: "user_id", schema: .uuid.about("By this person.")),
        QueryField(name: "who", schema: .text.about("By people with this in their name or address.")),
        QueryField(name: "action", schema: .text.about("Of actions that begin so, such as `user`.")),
        QueryField(name: "q", schema: .text.about("With this in target, detail or address.")),
        QueryField(name: "from", schema: .day.about("The first day.")),
        QueryField(name: "to", schema: .day.about("The last day.")),
        QueryField(name: "format", schema: .choice("json", "csv").about("As JSON, or as a table.")),
    ]

    func events(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let query = QueryReader(request)
        try query.check(Self.fields + QueryField.page)
        let filter = try AuditFilter(query)
        switch query.text("format") {
        case "csv":
            return .csv(try await services.store.auditEvents(filter, by: identity.principal).csv, name: "audit.csv")
        case nil, "json": break
        default: throw WebError.invalid("format", "Use json or csv.")
        }
        let page = try query.page()
        let found = try await services.store.auditEvents(filter, page: page, by: identity.principal)
        return Envelope.page(found.items.map(\.representation), page, total: found.total, context: context)
    }
}

extension AuditFilter {
    init(_ query: QueryReader) throws(WebError) {
        func day(_ name: String) throws(WebError) -> Date? {
            guard let text = query.text(name) else { return nil }
            guard let date = Date(utcDay: text) else { throw .invalid(name, "Use a day such as 2026-11-21.") }
            return date
        }
        func trimmed(_ name: String) -> String? {
            query.text(name)?.trimmingCharacters(in: .whitespacesAndNewlines).nonEmpty.map { String($0.prefix(200)) }
        }
        self.init(
            user: try query.identifier("user_id"),
            who: trimmed("who"),
            action: trimmed("action"),
            text: trimmed("q"),
            from: try day("from"),
            // The last day is meant as a whole.
            until: try day("to")?.addingTimeInterval(86_400)
        )
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}

extension AuditEvent {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("audit_id", id)
            $0.set("user_id", userID)
            $0.set("user_name", userName)
            $0.set("user_email", userEmail)
            $0.set("action", action)
            $0.set("target", target)
            $0.raw("detail", detail)
            $0.set("address", address)
            $0.set("created_at", createdAt)
        }
    }
}

extension [AuditEvent] {
    /// With a line of names on top.
    var csv: String {
        CSVTable.text(
            ["created_at", "user_id", "user_name", "user_email", "action", "target", "detail", "address"],
            map { event in
                [
                    event.createdAt.iso8601Milliseconds, event.userID?.text ?? "", event.userName ?? "",
                    event.userEmail ?? "", event.action, event.target ?? "", event.detail, event.address ?? "",
                ]
            }
        )
    }
}

extension Schema {
    fileprivate static let auditEvent = object(
        "AuditEvent",
        [
            .uuid("audit_id"), .uuid("user_id").orNull, .text("user_name").orNull, .text("user_email").orNull,
            .text("action"), .text("target").orNull, .field("detail", .map), .text("address").orNull,
            .date("created_at"),
        ]
    )
}

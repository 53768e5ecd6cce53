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
            query: AuditFilter.fields + QueryField.page,
            replies: [.page(.auditEvent), .file("text/csv", about: "With `format=csv`: the newest 10,000.")],
            use: events
        )
    }

    func events(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let query = context.query(of: request)
        let filter = try AuditFilter(query)
        let page = try context.page(of: request)
        if try query.isCSV() {
            let found = try await services.store.auditEvents(filter, by: identity.principal)
            return .csv(found.csv, name: "audit.csv", context: context)
        }
        let found = try await services.store.auditEvents(filter, page: page, by: identity.principal)
        return Envelope.page(found.items.map(\.representation), page, total: found.total, context: context)
    }
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

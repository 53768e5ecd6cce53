import HTTPTypes
import Postgres
import Testing

@testable import Web

/// Whatever only administrators may do and changes something is written down: the rules of the matrix say which that is.
extension RouteRule {
    /// What changes nothing where the tests run: no tools wait, no backups are kept, and who is sent to an MCP server to authorise it
    /// has not come back.
    private static let nothing: Set = [
        "POST /admin/mcp/{id}/approvals", "POST /v1/mcp-servers/{id}/approvals", "POST /admin/mcp/{id}/authorisation",
        "POST /admin/backups",
    ]

    var isAdministrativeAct: Bool {
        method != .get && access.member == .forbidden && [.fine, .moved].contains(access.superuser)
            && !Self.nothing.contains(name)
    }
}

extension RouteWorld {
    /// Each as `action target detail`; signing in aside.
    func acts() async throws -> [String] {
        let rows = try await site.database.administrator.query(
            """
            select action || ' ' || coalesce(target, '') || ' ' || detail::text from audit_events
            where action not in ('session.started', 'session.token_issued') order by audit_id
            """
        )
        return try rows.map { try $0.get(0) }
    }

    func expectWritten(since before: [String]) async throws {
        let fresh = try await acts().dropFirst(before.count)
        #expect(!fresh.isEmpty, "nobody will know of it")
        let words = try Fixtures.voice(.english).words
        for act in fresh {
            // What it was done to, or what it was and has become.
            #expect(!act.hasSuffix(" {}") || !act.contains("  "), "\(act) says nothing")
            let key = AuditView.Row.key(String(act.prefix { $0 != " " }))
            #expect(words.has(key), "there are no words for \(key)")
        }
    }
}

@Suite struct AuditInventoryTests {
    /// The list is made of the matrix; if that says less one day, this does not pass by saying nothing.
    @Test func thereAreManyActsOfAdministrators() {
        let acts = RouteMatrix.all.filter(\.isAdministrativeAct)
        #expect(acts.count >= 30, "\(acts.count)")
    }
}

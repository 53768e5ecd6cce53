import HTTPTypes
import Postgres
import Testing

@testable import Web

/// Whatever only administrators may do and changes something is written down: the rules of the matrix say which that is.
extension RouteRule {
    /// What changes nothing where the tests run: no tools wait, no backups are kept, the run has ended, and who is sent to an MCP
    /// server to authorise it has not come back.
    private static let nothing: Set = [
        "POST /admin/mcp/{id}/approvals", "POST /v1/mcp-servers/{id}/approvals", "POST /admin/mcp/{id}/authorisation",
        "POST /admin/backups", "POST /admin/runs/{id}/cancellation", "POST /v1/admin/runs/{id}/cancellation",
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

    /// Of what the sources write down, wherever it is done.
    @Test func everyActHasItsWords() throws {
        var acts: Set = [
            "tool.created", "tool.changed", "tool.restored", "tool.deleted", "skill.created", "skill.changed",
            "skill.restored", "skill.deleted", "tool_secret.created", "tool_secret.deleted", "api_key.created",
            "api_key.revoked", "backup.restored",
        ]
        for thing in ["provider", "model", "budget", "mcp_server"] {
            acts.formUnion(["created", "updated", "deleted"].map { "\(thing).\($0)" })
        }
        let literal = /(?:AuditEntry\(|note\(|action: |audited\()\s*"([a-z_]+\.[a-z_]+)"/
        for folder in ["Sources/Storage", "Sources/Web", "Sources/App"] {
            for (_, text) in try Fixtures.files(in: folder, endings: [".swift"]) {
                acts.formUnion(text.matches(of: literal).map { String($0.1) })
            }
        }
        #expect(acts.count > 50, "\(acts.count): the sources are read")
        for language in [Language.english, .chinese] {
            let words = try Fixtures.voice(language).words
            for act in acts.sorted() { #expect(words.has(AuditView.Row.key(act)), "\(language): \(act)") }
        }
    }
}

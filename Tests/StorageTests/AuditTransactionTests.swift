import Engine
import Foundation
import Postgres
import Storage
import Testing

/// An act and its row in the audit stand or fall together.
@Suite struct AuditTransactionTests {
    @Test(arguments: AuditedAct.things + AuditedAct.people)
    func whatCannotBeWrittenDownIsNotDone(_ act: AuditedAct) async throws {
        try await TestDatabase.with { database in
            let stage = try await AuditStage(database.store)
            let perform = try await act.prepare(stage)
            try await database.refuseAudit()
            let before = try await database.contents()
            await #expect(throws: StorageError.self) { try await perform() }
            #expect(try await database.contents() == before, "it was done, and nobody will know of it")
            try await database.takeAudit()
            try await perform()
            let rows = try await database.administrator.query(
                "select action from audit_events order by audit_id desc limit 1"
            )
            #expect(try rows.first?.get("action", as: String.self) == act.action)
            #expect(try await database.contents() != before, "it was not done, so the test says nothing")
        }
    }

    /// As of a backup, which is a file.
    @Test func whatIsNoRowIsRefusedWhereItCannotBeWrittenDown() async throws {
        try await TestDatabase.with { database in
            let root = try await database.store.person("root", isSuperuser: true)
            try await database.refuseAudit()
            await #expect {
                try await database.store.audit(AuditEntry("backup.begun"), by: root.principal, address: nil)
            } throws: {
                ($0 as? StorageError)?.code == .unavailable
            }
        }
    }

    @Test func aRuleOfToolsIsSaidWhole() async throws {
        try await TestDatabase.with { database in
            let stage = try await AuditStage(database.store)
            let (store, root) = (stage.store, stage.root)
            let rule = PolicySubject(tool: "dig", agent: Agent.assistantID, user: root.id)
            #expect(try await store.setOrganisationPolicy(.ask, for: rule, patience: 60, by: stage.by, address: "a"))
            #expect(try await store.setOrganisationPolicy(.allow, for: rule, by: stage.by))
            #expect(try await store.setOrganisationPolicy(nil, for: rule, by: stage.by))
            // There is none any more; and what one wants for oneself is nobody else's business.
            #expect(try await store.setOrganisationPolicy(nil, for: rule, by: stage.by))
            #expect(try await store.setOwnPolicy(.deny, for: .init(tool: "dig"), by: stage.by))
            let acts = try await said("tool_policy", stage)
            #expect(acts.map(\.address) == ["a", nil, nil])
            let target = "dig with \(Agent.assistantID.text) for \(root.id.text)"
            #expect(acts.allSatisfy { $0.target == target })
            let expected: [[[String: JSONValue]?]] = [
                [nil, ["decision": .string("ask"), "expires_after": .number(60)]],
                [["decision": .string("ask")], ["decision": .string("allow")]],
                [["decision": .string("allow"), "expires_after": .number(60)], nil],
            ]
            #expect(try details(acts) == expected)
        }
    }

    /// Two at the same moment, with nothing said of what either has seen: the one that comes second replaces the first's.
    @Test func whatWasReplacedIsSaidWhoeverComesAtTheSameMoment() async throws {
        try await TestDatabase.with { database in
            let stage = try await AuditStage(database.store)
            let (store, by) = (stage.store, stage.by)
            let draft = ToolDraft(
                name: "greet",
                description: "Greets.",
                type: "script",
                schema: #"{"type":"object"}"#,
                definition: #"{"language":"shell","code":"cat"}"#
            )
            let text = SkillText(name: "notes", description: "How.", instructions: "Short.")
            let tool = try #require(try await store.createTool(draft, by: by)).id
            let skill = try #require(try await store.createSkill(text, by: by)).id
            try await both(database, holding: "select from tools where tool_id = \(tool) for update") {
                _ = try await store.updateTool(tool, draft, by: by)
            }
            try await both(database, holding: "select from skills where skill_id = \(skill) for update") {
                _ = try await store.updateSkill(skill, text, by: by)
            }
            try await both(database, holding: "select from skills where skill_id = \(skill) for update") {
                _ = try await store.putFile(.init(path: "a", content: [1]), of: skill, by: by)
            }
            let tools = try details(try await said("tool.changed", stage)).compactMap { $0[0]?["version"]?.string }
            #expect(tools.sorted() == ["1", "2"])
            let skills = try details(try await said("skill.changed", stage)).compactMap { $0[0]?["version"]?.int }
            #expect(skills.sorted() == [1, 2, 3, 4])
        }
    }

    /// Does it twice, neither before both have come.
    private func both(
        _ database: TestDatabase,
        holding row: Query,
        _ change: @escaping @Sendable () async throws -> Void
    ) async throws {
        let changes = try await database.administrator.transaction { transaction in
            _ = try await transaction.query(row)
            let changes = (0..<2).map { _ in Task { try await change() } }
            try await database.waitForLocks(2)
            return changes
        }
        for change in changes { try await change.value }
    }

    @Test func openingAProgramsNetworkIsADifference() async throws {
        try await TestDatabase.with { database in
            let stage = try await AuditStage(database.store)
            var draft = MCPDraft(name: "time", transport: .stdio, place: "/opt/time")
            let made = try await stage.store.createMCPServer(draft, by: stage.by)
            draft.network = ["example.org"]
            _ = try await stage.store.updateMCPServer(made.id, draft, by: stage.by)
            let last = try #require(try await said("mcp_server.updated", stage).first)
            let expected: [[[String: JSONValue]?]] = [
                [["network": .array([])], ["network": .array([.string("example.org")])]]
            ]
            #expect(try details([last]) == expected)
        }
    }

    @Test func aProvidersKeyIsNotSaid() async throws {
        try await TestDatabase.with { database in
            let stage = try await AuditStage(database.store)
            let made = try await stage.store.createProvider(
                kind: .openai,
                name: "Ours",
                baseURL: "https://api.example.org/v1",
                apiKey: Secret("sk-not-to-be-seen-0123"),
                organization: "org-7",
                by: stage.by
            )
            #expect(try await stage.store.deleteProvider(made.id, by: stage.by))
            let acts = try await said("provider", stage)
            #expect(acts.map(\.action) == ["provider.created", "provider.deleted"])
            let fields: [String: JSONValue] = [
                "provider": .string("openai"), "provider_name": .string("Ours"), "has_key": .bool(true),
                "api_base_url": .string("https://api.example.org/v1"), "api_key_hint": .string("0123"),
                "organization_id": .string("org-7"), "is_active": .bool(true),
            ]
            let expected: [[[String: JSONValue]?]] = [[nil, fields], [fields, nil]]
            #expect(try details(acts) == expected)
        }
    }

    /// The oldest first.
    private func said(_ action: String, _ stage: AuditStage) async throws -> [AuditEvent] {
        let found = try await stage.store.auditEvents(AuditFilter(action: action), page: Page(), by: stage.by)
        return found.items.reversed()
    }

    /// Of each what was before and after.
    private func details(_ acts: [AuditEvent]) throws -> [[[String: JSONValue]?]] {
        try acts.map { act in
            let detail = try JSONValue(parsing: act.detail)
            return [detail["before"]?.object, detail["after"]?.object]
        }
    }
}

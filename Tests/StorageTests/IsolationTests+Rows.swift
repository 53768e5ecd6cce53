import Engine
import Foundation
import Postgres
import Storage
import Testing

/// One row at least in every table, of two people.
extension IsolationTests {
    /// A little of everything that belongs to one person.
    func fill(_ database: TestDatabase) async throws {
        let store = database.store
        let ada = try await store.person("ada")
        _ = try await store.startSession(user: ada.id, userAgent: nil, address: nil, lifetime: .seconds(60))
        _ = try await store.issueRefreshToken(user: ada.id)
        _ = try await store.authenticate(email: ada.email, password: Secret("wrong"))
        _ = try await store.setRegistrationMode(.open, by: .system)
        _ = try await store.createToolSecret(
            name: "KEY",
            value: Secret("not-to-be-seen"),
            hosts: ["example.org"],
            isShared: false,
            by: ada.principal
        )
        let key = try await store.createAPIKey(name: "x", scopes: [.api], days: nil, by: ada.principal).key
        _ = try await store.makeTicket(for: .key(key.id), by: ada.principal)
        let watched = StreamPerson(user: ada.id, organisation: ada.organisationID)
        try await store.watch(people: [watched], for: .seconds(60))
        let root = try await store.person("root", isSuperuser: true)
        _ = try await store.handOutPasswordLink(user: ada.id, by: root.principal, address: nil)
        let team = try await store.createOrganisation(name: "x", by: ada.principal, address: nil).id
        _ = try await store.invite(to: team, as: .member, email: nil, uses: 1, days: 1, by: ada.principal, address: nil)
        _ = try await store.queueMail(.passwordReset, to: ada.email, language: "en", from: nil)
        let draft = MCPDraft(name: "harbour", transport: .http, place: "https://mcp.example.org")
        let server = try await store.mcpServer(try await store.createMCPServer(draft, by: root.principal).id)
        let tool = MCPTool(name: "tides", description: "Tides.", schema: .object(["type": .string("object")]))
        let offer = MCPOffer(protocolVersion: "1", title: "Harbour", version: "1", tools: [tool])
        try await store.record(offer, latency: .zero, of: #require(server))
        try await store.audit(AuditEntry("x"), by: ada.principal, address: nil)
        try await store.register([
            ToolSpecification(
                name: "dig",
                description: "Digs.",
                schema: "{}",
                level: .readOnly,
                effect: .pure
            )
        ])
        let script = ToolDraft(
            name: "own",
            description: "Own.",
            type: "script",
            schema: #"{"type":"object"}"#,
            definition: #"{"code":"secret"}"#
        )
        _ = try await store.createTool(script, by: ada.principal)
        let text = SkillText(name: "own", description: "Own.", instructions: "secret")
        let skill = try #require(try await store.createSkill(text, by: ada.principal))
        _ = try await store.putFile(.init(path: "a", content: [1]), of: skill.id, by: ada.principal)
        let host = AgentDraft(name: "host", displayName: "Host", instruction: "secret")
        let hosting = try await store.createAgent(host, by: ada.principal)
        #expect(try await store.setSkills(["own"], of: hosting.id, by: ada.principal))
        #expect(try await store.setNetwork(["example.org"], ofAgent: hosting.id, by: ada.principal))
        let model = try await store.chatModel(by: ada.principal)
        try await store.choose(ModelChoice(purposes: [.writing: model.id]), by: ada.principal, address: nil)
        let claimed = try await store.claimedRun(by: ada.principal)
        _ = try await store.enter(model.llmID, ProviderLimit(concurrent: 1), for: claimed.holder)
        var outcome = claimed.outcome("secret", after: 2)
        outcome.usage = [
            UsageRecord(
                modelID: model.id,
                modelName: "demo",
                tokens: TokenUsage(input: 1, output: 1),
                responseTime: 1,
                succeeded: true,
                request: SentRequest(preamble: "{}", prefixBytes: 0, suffix: "secret,")
            )
        ]
        outcome.toolCalls = [
            ToolCallRecord(
                callID: "c",
                toolName: "dig",
                input: "{}",
                result: "secret",
                decision: .allowed,
                succeeded: true,
                seconds: 1,
                calledAt: Date()
            )
        ]
        outcome.writing = .summary
        let (run, conversation) = (claimed.run, claimed.run.conversationID)
        #expect(try await store.keep("secret", resultOf: "c", of: claimed))
        #expect(try await store.setVariable("secret", to: .bool(true), in: conversation, by: ada.principal))
        #expect(try await store.finish(outcome))
        let scribe = UUID.v7()
        let task = try #require(try await store.claimWriting(worker: scribe, limit: 1, silence: .seconds(10)).first)
        var notes = WrittenNotes()
        notes.summary = .init(upTo: run.messageID, text: "secret", model: "demo")
        try await store.finish(task, notes, by: scribe)
        let resting = try await store.claimedRun(by: ada.principal)
        try await database.administrator.query(
            """
            insert into budgets (budget_id, org_id, period, amount, currency, stop_at)
            values (\(UUID.v7()), \(ada.organisationID), 'total', 1, 'USD', 100)
            """
        )
        let wish = BudgetReservation(holder: resting.holder, call: .v7(), cost: 1, currency: "USD")
        _ = try await store.reserve(wish)
        #expect(try await store.suspend(resting.suspended([ToolCall(id: "c", name: "dig", arguments: "{}")])))
        #expect(try await store.setPolicy(.ask, tool: "dig", agent: resting.run.agentID, by: ada.principal))
        var file = try #require(try await store.intake("secret.txt", in: conversation, by: ada.principal))
        try await file.take(Array("secret".utf8))
        _ = try await file.finish()
        let next = TurnInput(conversationID: resting.run.conversationID, content: "And then?")
        _ = try await store.say(next, mode: .queue, by: ada.principal)
        let asked = IdempotentRequest(route: "POST /v1/agents", key: "secret", hash: [])
        _ = try await store.claim(asked, by: ada.principal)
    }

    func protectedTables(_ database: TestDatabase) async throws -> [String] {
        let rows = try await database.administrator.query(
            """
            select relname::text from pg_class
            where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relrowsecurity and not relispartition
            order by 1
            """
        )
        let tables = try rows.map { try $0.get(0, as: String.self) }
        for table in tables {
            let rows = try await database.administrator.query("select from \(unescaped: table) limit 1")
            #expect(rows.count == 1, "\(table) holds nothing, so the test says nothing")
        }
        return tables
    }
}

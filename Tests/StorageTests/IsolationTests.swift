import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Nobody sees another's data: by no method, nor by SQL that forgot to ask.
@Suite struct IsolationTests {
    @Test func noMethodShowsAnothersRows() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let ada = try await store.person("ada")
            // Not even an administrator looks into a conversation.
            for stranger in [try await store.person("bob"), try await store.person("root", isSuperuser: true)] {
                let by = stranger.principal
                let model = try await store.chatModel("demo-\(stranger.nickname)", by: ada.principal)
                let claimed = try await store.claimedRun(by: ada.principal)
                let (run, conversation) = (claimed.run, claimed.run.conversationID)
                #expect(try await store.append([claimed.words(["secret"])]).isEmpty)
                let messages =
                    try await store.messages(in: conversation, before: nil, limit: 5, by: ada.principal) ?? []
                #expect(messages.count == 1)

                #expect(try await store.conversation(conversation, by: by) == nil)
                #expect(try await store.conversations(search: nil, isArchived: nil, page: Page(), by: by).items.isEmpty)
                #expect(try await store.conversations(search: "e", isArchived: nil, page: Page(), by: by).total == 0)
                #expect(try await store.conversations(after: nil, limit: 10, isArchived: nil, by: by).items.isEmpty)
                #expect(
                    try await store.conversationsJSON(search: nil, isArchived: false, page: Page(), by: by).json == "[]"
                )
                #expect(try await store.updateConversation(conversation, title: "mine", by: by) == nil)
                #expect(try await store.deleteConversation(conversation, by: by) == false)
                #expect(try await store.messages(in: conversation, page: Page(), ascending: true, by: by) == nil)
                #expect(try await store.messages(in: conversation, before: nil, limit: 5, by: by) == nil)
                #expect(try await store.message(run.userMessageID, in: conversation, by: by) == nil)
                #expect(try await store.startTurn(TurnInput(conversationID: conversation, content: "x"), by: by) == nil)
                #expect(try await store.run(run.id, by: by) == nil)
                #expect(try await store.retry(run: run.id, by: by) == nil)
                #expect(try await store.activeRuns(in: conversation, by: by).isEmpty)
                #expect(try await store.runs(behind: messages, in: conversation, by: by).isEmpty)
                #expect(try await store.requestCancellation(of: run.id, by: by) == nil)
                #expect(try await store.events(of: run.id, after: 0, limit: 10, by: by) == nil)
                #expect(try await store.tree(of: run, by: by) == nil)
                #expect(try await store.children(of: run.id, by: by) == nil)
                #expect(try await store.task(of: run.id, by: by) == nil)

                #expect(try await store.providers(by: by).isEmpty)
                #expect(try await store.provider(model.llmID, by: by) == nil)
                #expect(try await store.endpoint(of: model.llmID, by: by) == nil)
                #expect(
                    try await store.updateProvider(
                        model.llmID,
                        name: "x",
                        baseURL: "x",
                        apiKey: nil,
                        isActive: true,
                        by: by
                    ) == nil
                )
                #expect(try await store.recordTest(model.llmID, ProbeResult(latency: 1, models: []), by: by) == nil)
                #expect(try await store.deleteProvider(model.llmID, by: by) == false)
                #expect(try await store.models(llmID: nil, isActive: nil, by: by).isEmpty)
                #expect(try await store.model(model.id, by: by) == nil)
                #expect(try await store.createModel(llmID: model.llmID, name: "x", displayName: "x", by: by) == nil)
                #expect(try await store.deleteModel(model.id, by: by) == false)
                #expect(try await store.setDefaultModel(model.id, by: by) == false)
                await #expect(throws: StorageError.self) { try await store.setFallbacks([model.id], by: by) }
                let own = try await store.createConversation(title: nil, by: by)
                let foreignModel = TurnInput(conversationID: own.id, content: "x", modelID: model.id)
                await #expect(throws: StorageError.self) { try await store.startTurn(foreignModel, by: by) }
                #expect(try await store.signIns(of: by.userID ?? .v7(), by: by)?.isEmpty == true)
            }
            #expect(try await store.user(ada.id, by: store.person("carl").principal) == nil)
        }
    }

    @Test func withoutSayingWhoAsksNothingIsThere() async throws {
        try await TestDatabase.with { database in
            try await fill(database)
            for table in try await protectedTables(database) {
                let rows = try await database.application.query("select from \(unescaped: table)")
                #expect(rows.isEmpty, "\(table)")
            }
        }
    }

    @Test func anotherMembersSQLSeesNothing() async throws {
        try await TestDatabase.with { database in
            try await fill(database)
            let bob = try await database.store.person("bob")
            let settings = [
                SessionSetting(name: "alma.user", value: bob.id.text),
                SessionSetting(name: "alma.org", value: bob.organisationID.text),
                SessionSetting(name: "alma.superuser", value: "on"),
            ]
            for table in [
                "conversations", "messages", "runs", "run_events", "usage_records", "llmconfigs", "models", "sessions",
                "refresh_tokens", "tool_secrets", "files", "file_parts",
            ] {
                let rows = try await database.application.query("select from \(unescaped: table)", with: settings)
                #expect(rows.isEmpty, "\(table)")
                let changed = try await database.application.query("delete from \(unescaped: table)", with: settings)
                #expect(changed.affected == 0, "\(table)")
            }
        }
    }

    @Test func rowsCannotBePutIntoAnotherOrganisation() async throws {
        try await TestDatabase.with { database in
            let (ada, bob) = (try await database.store.person("ada"), try await database.store.person("bob"))
            let settings = [
                SessionSetting(name: "alma.user", value: bob.id.text),
                SessionSetting(name: "alma.org", value: bob.organisationID.text),
            ]
            let insertions: [Query] = [
                "insert into conversations (conversation_id, org_id, user_id) values (\(UUID.v7()), \(ada.organisationID), \(bob.id))",
                "insert into conversations (conversation_id, org_id, user_id) values (\(UUID.v7()), \(bob.organisationID), \(ada.id))",
                "insert into memberships (org_id, user_id, role) values (\(ada.organisationID), \(bob.id), 'owner')",
                "insert into audit_events (audit_id, org_id, user_id, action) values (\(UUID.v7()), null, \(ada.id), 'x')",
                "insert into settings (name, value) values ('registration', 'open')",
                """
                insert into llmconfigs (llm_id, org_id, provider, provider_name, api_base_url)
                values (\(UUID.v7()), \(ada.organisationID), 'builtin', 'x', 'x')
                """,
                """
                insert into run_events (run_id, sequence, type, data, timestamp)
                values (\(UUID.v7()), 1, 'usage', '{}', now())
                """,
                "insert into agents (agent_id, name, display_name, instruction, agent_type) values (\(UUID.v7()), 'x', 'x', 'x', 'system')",
            ]
            for insertion in insertions {
                do {
                    try await database.application.query(insertion, with: settings)
                    Issue.record("taken: \(insertion.sql)")
                } catch let error as DatabaseError {
                    #expect(error.sqlState == "42501", "\(error)")
                }
            }
            let own = try await database.store.createConversation(title: nil, by: bob.principal)
            do {
                try await database.application.query(
                    "update conversations set org_id = \(ada.organisationID) where conversation_id = \(own.id)",
                    with: settings
                )
                Issue.record("moved")
            } catch let error as DatabaseError {
                #expect(error.sqlState == "42501")
            }
        }
    }

    @Test func partitionsAreClosedToTheProgram() async throws {
        try await TestDatabase.with { database in
            let system = [SessionSetting(name: "alma.system", value: "on")]
            let partitions = try await database.administrator.query(
                "select relname::text from pg_class where relispartition and relkind = 'r'"
            )
            #expect(partitions.count >= 8)
            for row in partitions {
                let name: String = try row.get(0)
                await #expect(throws: DatabaseError.self) {
                    try await database.application.query("select from \(unescaped: name)", with: system)
                }
            }
        }
    }

    @Test func everyTableOfOursIsUnderForcedRowLevelSecurity() async throws {
        try await TestDatabase.with { database in
            let open = try await database.administrator.query(
                """
                select relname::text from pg_class
                where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
                    and not (relrowsecurity and relforcerowsecurity)
                """
            )
            #expect(try open.map { try $0.get(0, as: String.self) }.filter { !$0.hasSuffix("migrations") } == [])
        }
    }

    /// A little of everything that belongs to one person.
    private func fill(_ database: TestDatabase) async throws {
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

    private func protectedTables(_ database: TestDatabase) async throws -> [String] {
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

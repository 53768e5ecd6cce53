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
                for choice in [
                    ModelChoice(chat: model.id), ModelChoice(fallbacks: [model.id]),
                    ModelChoice(purposes: [.writing: model.id]),
                ] {
                    await #expect(throws: StorageError.self) { try await store.choose(choice, by: by, address: nil) }
                }
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
}

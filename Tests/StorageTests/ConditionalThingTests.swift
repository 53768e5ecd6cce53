import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Whatever is changed on condition: that it was in use meanwhile is no matter, that somebody has changed it is.
@Suite struct ConditionalThingTests {
    private struct Thing: Sendable {
        let subject: Conditional
        /// As use writes it; or a change of something that is no part of it.
        var use: Query?
        /// To something else with each number that follows.
        let change: @Sendable (Int) async throws -> Void
    }

    private func follow(_ things: [Thing], in database: TestDatabase) async throws {
        let store = database.store
        for thing in things {
            func isChanged(_ number: Int, seen: Condition) async throws -> Bool {
                do {
                    try await Condition.$current.withValue(seen) { try await thing.change(number) }
                    return true
                } catch let error as StorageError where error.code == .changed {
                    return false
                }
            }
            let seen = try await store.condition(of: thing.subject)
            if let use = thing.use { try await database.administrator.query(use) }
            #expect(try await isChanged(1, seen: seen), "\(thing.subject) was merely used")
            #expect(try await isChanged(2, seen: seen) == false, "\(thing.subject) was changed by the first")
            let later = try await store.condition(of: thing.subject)
            // Without a word of what was seen.
            try await thing.change(2)
            #expect(try await isChanged(3, seen: later) == false, "\(thing.subject) was changed by somebody else")
            let last = try await store.condition(of: thing.subject)
            #expect(try await isChanged(3, seen: last), "\(thing.subject) is as it was seen")
        }
    }

    @Test func whatAPersonHas() async throws {
        try await TestDatabase.with { database in
            let (store, ada) = (database.store, try await database.store.person())
            let by = ada.principal
            let talk = try await store.createConversation(title: "Talk", by: by).id
            #expect(try await store.setVariable("place", to: .number(0), in: talk, by: by))
            let things = [
                Thing(subject: .user(ada.id), use: "update users set last_login_at = now()") {
                    _ = try await store.updateProfile(nickname: "Ada \($0)", timezone: nil, language: nil, by: by)
                },
                Thing(subject: .preferences(of: ada.id), use: "update users set nickname = 'Countess'") {
                    _ = try await store.mergePreferences(#"{"number":\#($0)}"#, by: by)
                },
                // As the writer of titles leaves it when a person has given one.
                Thing(subject: .conversation(talk), use: "update conversations set is_titled = not is_titled") {
                    _ = try await store.updateConversation(talk, title: "Talk \($0)", by: by)
                },
                Thing(
                    subject: .variable("place", conversation: talk),
                    use: "update conversation_variables set updated_at = now()"
                ) {
                    _ = try await store.setVariable("place", to: .string("\($0)"), in: talk, by: by)
                },
                Thing(subject: .ownPolicies(of: ada.id, organisation: ada.organisationID)) {
                    _ = try await store.setOwnPolicy(.ask, for: .init(tool: "dig"), patience: 60 + $0, by: by)
                },
            ]
            try await follow(things, in: database)
        }
    }

    @Test func whatAnOrganisationSays() async throws {
        try await TestDatabase.with { database in
            let (store, root) = (database.store, try await database.store.person("root", isSuperuser: true))
            let (by, organisation) = (root.principal, root.organisationID)
            let first = try await store.chatModel(by: by)
            let second = try await store.createModel(llmID: first.llmID, name: "other", displayName: "Other", by: by)
            let models = [first.id, try #require(second).id]
            let harbour = try await Harbour(store)
            let draft = MCPDraft(name: "harbour", transport: .http, place: "https://mcp.example.org/mcp")
            let server = try await store.createMCPServer(draft, by: by).id
            let things = [
                Thing(subject: .policies(of: organisation)) {
                    let subject = PolicySubject(tool: "dig")
                    _ = try await store.setOrganisationPolicy(.ask, for: subject, patience: 60 + $0, by: by)
                },
                Thing(subject: .instructions(of: organisation)) {
                    _ = try await store.setInstructions(instance: nil, organisation: "Be \($0).", by: by)
                },
                Thing(subject: .modelChoice(of: organisation), use: "update models set display_name = name || '!'") {
                    try await store.choose(ModelChoice(chat: models[$0 % 2]), by: by, address: nil)
                },
                Thing(subject: .toolMaking(of: organisation), use: "update organisations set name = 'Other'") {
                    _ = try await store.setMembersMakeTools($0 % 2 == 1, by: by)
                },
                Thing(
                    subject: .member(harbour.member.id, of: harbour.id),
                    use: "update users set last_login_at = now()"
                ) {
                    _ = try await harbour.change(
                        harbour.member,
                        to: $0 % 2 == 1 ? .admin : .member,
                        by: harbour.owner
                    )
                },
                Thing(
                    subject: .mcpServer(server),
                    use: "update mcp_servers set state = 'connected', last_seen_at = now(), oauth_encrypted = 'x'"
                ) {
                    var changed = draft
                    changed.isTrusted = $0 % 2 == 1
                    _ = try await store.updateMCPServer(server, changed, by: by)
                },
            ]
            try await follow(things, in: database)
        }
    }

    private func agent(_ store: Store, by principal: Principal) async throws -> (agent: UUID, tool: UUID) {
        let dig = ToolSpecification(name: "dig", description: "Digs.", schema: "{}", level: .readOnly, effect: .pure)
        try await store.register([dig])
        let draft = AgentDraft(name: "scout", displayName: "Scout", instruction: "Look.", tools: ["dig"])
        let agent = try await store.createAgent(draft, by: principal).id
        return (agent, try #require(try await store.tools(ofAgent: agent, by: principal)?.first).id)
    }

    @Test func whatAnAgentHas() async throws {
        try await TestDatabase.with { database in
            let (store, ada) = (database.store, try await database.store.person())
            let by = ada.principal
            let (agent, tool) = try await agent(store, by: by)
            let text = SkillText(name: "notes", description: "How.", instructions: "Short.")
            _ = try await store.createSkill(text, by: by)
            let things = [
                Thing(subject: .grant(of: tool, to: agent), use: "update tools set description = 'Digs deep.'") {
                    _ = try await store.changeGrant(of: tool, to: agent, isEnabled: $0 % 2 == 0, by: by)
                },
                Thing(subject: .skills(ofAgent: agent), use: "update skills set description = 'Otherwise.'") {
                    _ = try await store.setSkills($0 % 2 == 1 ? ["notes"] : [], of: agent, by: by)
                },
                Thing(subject: .network(ofAgent: agent, user: ada.id, organisation: ada.organisationID)) {
                    _ = try await store.setNetwork(["a\($0).example.org"], ofAgent: agent, by: by)
                },
            ]
            try await follow(things, in: database)
        }
    }

    @Test func whatWasTakenAwayIsNotMadeAnew() async throws {
        try await TestDatabase.with { database in
            let (store, by) = (database.store, try await database.store.person().principal)
            let talk = try await store.createConversation(title: nil, by: by).id
            #expect(try await store.setVariable("place", to: .number(0), in: talk, by: by))
            let seen = try await store.condition(of: .variable("place", conversation: talk))
            #expect(try await store.removeVariable("place", in: talk, by: by))
            await #expect {
                try await Condition.$current.withValue(seen) {
                    _ = try await store.setVariable("place", to: .number(1), in: talk, by: by)
                }
            } throws: { ($0 as? StorageError)?.code == .changed }
            #expect(try await store.variables(in: talk, by: by)?.isEmpty == true)
        }
    }

    /// As it stands then it goes.
    @Test func whatWasChangedMeanwhileStays() async throws {
        try await TestDatabase.with { database in
            let (store, root) = (database.store, try await database.store.person("root", isSuperuser: true))
            let by = root.principal
            let run = try await store.queuedRun(by: by)
            #expect(try await store.requestCancellation(of: run.id, by: by)?.state == .cancelled)
            let talk = run.conversationID
            var intake = try #require(try await store.intake("a.txt", in: talk, by: by))
            try await intake.take(Array("a".utf8))
            let file = try await intake.finish().id
            #expect(try await store.setVariable("place", to: .number(0), in: talk, by: by))
            let key = try await store.createAPIKey(name: "x", scopes: [.mcp], days: nil, by: by).key.id
            let (agent, tool) = try await agent(store, by: by)
            let harbour = try await Harbour(store)
            let draft = MCPDraft(name: "harbour", transport: .http, place: "https://mcp.example.org/mcp")
            let server = try await store.createMCPServer(draft, by: by).id
            let deletions: [(Conditional, Query, @Sendable () async throws -> Bool)] = [
                (
                    .variable("place", conversation: talk), "update conversation_variables set value = '1'",
                    { try await store.removeVariable("place", in: talk, by: by) }
                ),
                (
                    .message(run.userMessageID, conversation: talk), "update messages set content = 'Other'",
                    { try await store.deleteMessage(run.userMessageID, in: talk, by: by) }
                ),
                (
                    .file(file, conversation: talk), "update files set name = 'b.txt'",
                    { try await store.deleteFile(file, in: talk, by: by) }
                ),
                (
                    .conversation(talk), "update conversations set title = 'Written'",
                    { try await store.deleteConversation(talk, by: by) }
                ),
                (.apiKey(key), "update api_keys set name = 'y'", { try await store.revokeAPIKey(key, by: by) }),
                (
                    .grant(of: tool, to: agent), "update agent_tools set is_enabled = false",
                    { try await store.revokeTool(tool, from: agent, by: by) }
                ),
                (
                    .mcpServer(server), "update mcp_servers set is_trusted = true",
                    { try await store.deleteMCPServer(server, by: by) }
                ),
                (
                    .member(harbour.member.id, of: harbour.id),
                    "update memberships set role = 'admin' where role = 'member'",
                    { try await harbour.remove(harbour.member, by: harbour.owner) }
                ),
            ]
            for (subject, change, deletion) in deletions {
                let seen = try await store.condition(of: subject)
                try await database.administrator.query(change)
                await #expect("\(subject)") {
                    try await Condition.$current.withValue(seen) { _ = try await deletion() }
                } throws: { ($0 as? StorageError)?.code == .changed }
                let now = try await store.condition(of: subject)
                let isGone = try await Condition.$current.withValue(now) { try await deletion() }
                #expect(isGone, "\(subject)")
            }
        }
    }

    /// Nor the conversation in which it was tried out.
    @Test func anAgentThatWasChangedMeanwhileStays() async throws {
        try await TestDatabase.with { database in
            let (store, by) = (database.store, try await database.store.person().principal)
            let agent = try await agent(store, by: by).agent
            let trial = try #require(try await store.beginTest(of: agent, title: "Trial", by: by)).id
            let seen = try await store.condition(of: .agent(agent))
            #expect(try await store.setSkills([], of: agent, by: by))
            var draft = try #require(try await store.agentDraft(agent, by: by))
            draft.instruction = "Look twice."
            #expect(try await store.updateAgent(agent, draft, by: by)?.version == 2)
            await #expect {
                try await Condition.$current.withValue(seen) {
                    _ = try await store.deleteAgent(agent, trial: trial, by: by)
                }
            } throws: { ($0 as? StorageError)?.code == .changed }
            #expect(try await store.testConversation(of: agent, by: by)?.id == trial)
            #expect(try await store.deleteAgent(agent, trial: trial, by: by))
            #expect(try await store.conversation(trial, by: by) == nil)
        }
    }

    @Test func whoeverSignsInMeanwhileStaysSignedIn() async throws {
        try await TestDatabase.with { database in
            let (store, ada) = (database.store, try await database.store.person())
            func signIn() async throws {
                _ = try await store.startSession(user: ada.id, userAgent: nil, address: nil, lifetime: .seconds(60))
            }
            func end(_ seen: Condition) async throws -> Int? {
                try await Condition.$current.withValue(seen) {
                    try await store.endSignIns(of: ada.id, keeping: nil, by: ada.principal, address: nil)
                }
            }
            try await signIn()
            let seen = try await store.condition(of: .signIns(of: ada.id))
            try await database.administrator.query("update sessions set last_seen_at = now() + interval '1 second'")
            #expect(try await store.condition(of: .signIns(of: ada.id)) == seen, "that one is still there is no change")
            try await signIn()
            await #expect {
                _ = try await end(seen)
            } throws: { ($0 as? StorageError)?.code == .changed }
            #expect(try await store.signIns(of: ada.id, by: ada.principal)?.count == 2)
            #expect(try await end(try await store.condition(of: .signIns(of: ada.id))) == 2)
        }
    }
}

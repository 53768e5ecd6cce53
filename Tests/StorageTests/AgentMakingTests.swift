import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Agents that people make.
@Suite struct AgentMakingTests {
    private let draft = AgentDraft(
        name: "reviewer",
        displayName: " Reviewer ",
        description: "Reads code.",
        instruction: "Find faults.",
        capabilities: ["review"],
        team: ["coding"],
        tools: ["dig"],
        parameters: #"{"temperature":0.5}"#
    )

    private func dig(_ store: Store) async throws {
        try await store.register([
            ToolSpecification(name: "dig", description: "Digs.", schema: "{}", level: .readOnly, effect: .pure)
        ])
    }

    @Test func anAgentIsMadeChangedAndTakenAway() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            try await dig(store)
            let ada = try await store.person()
            let made = try await store.createAgent(draft, by: ada.principal)
            #expect(made.displayName == "Reviewer")
            #expect(made.team == ["coding"] && made.agentType == "custom" && made.status == "active")
            #expect(try await store.tools(ofAgent: made.id, by: ada.principal)?.map(\.name) == ["dig"])
            var change = try #require(try await store.agentDraft(made.id, by: ada.principal))
            #expect(change.tools == ["dig"] && change.instruction == "Find faults.")
            change.tools = []
            change.isActive = false
            change.team = ["web", "file"]
            let changed = try #require(try await store.updateAgent(made.id, change, by: ada.principal))
            #expect(changed.status == "disabled" && changed.team == ["web", "file"])
            #expect(try await store.tools(ofAgent: made.id, by: ada.principal)?.filter(\.isEnabled) == [])
            #expect(try await store.deleteAgent(made.id, by: ada.principal))
            #expect(try await store.agent(made.id, by: ada.principal) == nil)
        }
    }

    @Test func itAsksWhomItsMakerChose() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            try await dig(store)
            let ada = try await store.person()
            let made = try await store.createAgent(draft, by: ada.principal)
            let conversation = try await store.createConversation(title: nil, by: ada.principal)
            let input = TurnInput(conversationID: conversation.id, content: "Hello", agentID: made.id)
            _ = try await store.startTurn(input, by: ada.principal)
            let claimed = try #require(try await store.claim(worker: .v7(), limit: 1, silence: .seconds(9)).first)
            let brief = try await store.brief(for: claimed)
            #expect(brief.team.colleagues.map(\.name) == ["coding"])
            #expect(brief.tools == ["dig"])
        }
    }

    @Test func whatCannotBeKeptIsNamed() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            try await dig(store)
            let ada = try await store.person()
            func refusal(_ change: (inout AgentDraft) -> Void) async -> StorageError.Code? {
                var draft = draft
                change(&draft)
                do {
                    _ = try await store.createAgent(draft, by: ada.principal)
                    return nil
                } catch let error as StorageError { return error.code } catch { return .failed }
            }
            #expect(await refusal { $0.displayName = " " } == .invalid("display_name"))
            #expect(await refusal { $0.instruction = "" } == .invalid("instruction"))
            #expect(await refusal { $0.team = ["nobody"] } == .invalid("team"))
            #expect(await refusal { $0.tools = ["fly"] } == .invalid("tools"))
            #expect(await refusal { $0.modelID = .v7() } == .invalid("model_id"))
            #expect(await refusal { $0.parameters = #"{"temperature":3}"# } == .invalid("temperature"))
            #expect(await refusal { $0.parameters = #"{"max_concurrent":0}"# } == .invalid("max_concurrent"))
            #expect(await refusal { $0.parameters = #"{"max_tokens":0}"# } == .invalid("max_tokens"))
            #expect(await refusal { _ in } == nil)
            #expect(await refusal { _ in } == .conflict("name"))
        }
    }

    @Test func othersNeitherSeeNorChangeIt() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            try await dig(store)
            let (ada, bob) = (try await store.person("ada"), try await store.person("bob"))
            let made = try await store.createAgent(draft, by: ada.principal)
            #expect(try await store.agent(made.id, by: bob.principal) == nil)
            #expect(try await store.agentDraft(made.id, by: bob.principal) == nil)
            #expect(try await store.updateAgent(made.id, draft, by: bob.principal) == nil)
            #expect(try await store.deleteAgent(made.id, by: bob.principal) == false)
            #expect(try await store.deleteAgent(Agent.assistantID, by: ada.principal) == false)
            #expect(try await store.agent(made.id, by: ada.principal)?.displayName == "Reviewer")
            #expect(try await store.tools(ofAgent: made.id, by: ada.principal)?.count == 1)
        }
    }
}

import Engine
import Foundation
import Postgres
import Storage
import Testing

/// What an agent was, and the way back to it.
@Suite struct AgentVersionTests {
    private let draft = AgentDraft(
        name: "reviewer",
        displayName: "Reviewer",
        instruction: "Find faults.",
        team: ["coding"],
        tools: ["dig"],
        configurations: ["dig": .object(["timeout": .number(9)])],
        parameters: #"{"temperature":0.5,"own":{"x":1}}"#
    )

    private func with(_ body: @Sendable (TestDatabase, Store, User, Agent) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            let store = database.store
            try await store.register([
                ToolSpecification(name: "dig", description: "Digs.", schema: "{}", level: .readOnly, effect: .pure),
                ToolSpecification(name: "sow", description: "Sows.", schema: "{}", level: .readOnly, effect: .pure),
            ])
            let ada = try await store.person()
            try await body(database, store, ada, try await store.createAgent(draft, by: ada.principal))
        }
    }

    @Test func everyChangeIsAVersionAndNothingElse() async throws {
        try await with { _, store, ada, agent in
            let by = ada.principal
            #expect(agent.version == 1)
            var change = try #require(try await store.agentDraft(agent.id, by: by))
            // Nothing is changed.
            #expect(try await store.updateAgent(agent.id, change, by: by)?.version == 1)
            change.instruction = "Find all faults."
            change.team = []
            #expect(try await store.updateAgent(agent.id, change, by: by)?.version == 2)
            let sow = try #require(try await store.tools(by: by).first { $0.name == "sow" })
            _ = try await store.grantTool(sow.id, to: agent.id, by: by)
            _ = try await store.changeGrant(
                of: sow.id,
                to: agent.id,
                configuration: .object(["timeout": .number(5)]),
                by: by
            )
            #expect(try await store.revokeTool(sow.id, from: agent.id, by: by))
            let skill = SkillText(name: "notes", description: "How.", instructions: "Short.")
            _ = try await store.createSkill(skill, by: by)
            #expect(try await store.setSkills(["notes"], of: agent.id, by: by))
            #expect(try await store.setSkills(["notes"], of: agent.id, by: by))
            let versions = try await store.agentVersions(of: agent.id, page: Page(), by: by)
            #expect(versions.total == 6)
            #expect(versions.items.map(\.version) == [6, 5, 4, 3, 2, 1])
            #expect(
                versions.items.map(\.draft.fields) == [
                    ["skills"], ["tools"], ["tools"], ["tools"], ["instruction", "team"], [],
                ]
            )
            #expect(versions.items.allSatisfy { $0.userID == ada.id && $0.userName != nil })
            #expect(try await store.agent(agent.id, by: by)?.version == 6)
            #expect(try await store.agentDefinition(agent.id, by: by)?.skills == ["notes"])
        }
    }

    @Test func anEarlierVersionIsGivenAgainAsANewOne() async throws {
        try await with { _, store, ada, agent in
            let by = ada.principal
            let before = try #require(try await store.agentDefinition(agent.id, by: by))
            var change = try #require(try await store.agentDraft(agent.id, by: by))
            change.instruction = "Praise."
            change.tools = ["sow"]
            change.parameters = "{}"
            change.isActive = false
            _ = try await store.updateAgent(agent.id, change, by: by)
            let first = try #require(try await store.agentVersion(1, of: agent.id, by: by))
            #expect(first.draft == before)
            let arrival = try await store.arrival(of: first.draft, by: by)
            #expect(arrival.missing == [])
            let restored = try await store.updateAgent(agent.id, arrival.draft, restoring: 1, by: by)
            #expect(restored?.version == 3)
            #expect(try await store.agentDefinition(agent.id, by: by) == before)
            let newest = try await store.agentVersions(of: agent.id, page: Page(), by: by).items.first
            #expect(newest?.draft.restored == 1)
            #expect(try await store.agentVersion(2, of: agent.id, by: by)?.draft.instruction == "Praise.")
        }
    }

    @Test func whoeverHasSeenAnOlderOneOverwritesNothing() async throws {
        try await with { _, store, ada, agent in
            let by = ada.principal
            var mine = try #require(try await store.agentDraft(agent.id, by: by))
            var other = mine
            mine.instruction = "Mine."
            other.instruction = "Theirs."
            other.tools = ["sow"]
            other.skills = []
            _ = try await store.updateAgent(agent.id, mine, at: 1, by: by)
            await #expect {
                _ = try await store.updateAgent(agent.id, other, at: 1, by: by)
            } throws: { ($0 as? StorageError)?.code == .conflict("version") }
            let kept = try #require(try await store.agentDefinition(agent.id, by: by))
            #expect(kept.instruction == "Mine." && kept.tools.map(\.name) == ["dig"])
            #expect(try await store.agent(agent.id, by: by)?.version == 2)
            // Of several at once one is first, and each is kept.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    var draft = other
                    draft.instruction = "At once \(number)."
                    group.addTask { [draft] in _ = try await store.updateAgent(agent.id, draft, by: by) }
                }
                try await group.waitForAll()
            }
            let versions = try await store.agentVersions(of: agent.id, page: Page(), by: by)
            #expect(versions.items.map(\.version) == Array((1...10).reversed()))
        }
    }

    @Test func whatIsMissingIsSaidAndTheRestGoesOn() async throws {
        try await with { _, store, ada, agent in
            let eve = try await store.person("eve")
            var definition = try #require(try await store.agentDefinition(agent.id, by: ada.principal))
            definition.model = .init(id: nil, name: "gone-1", provider: "Elsewhere")
            definition.team += ["nobody"]
            definition.tools.append(.init(name: "fly", configuration: .object([:])))
            definition.skills = ["lost"]
            let arrival = try await store.arrival(of: definition, by: eve.principal)
            #expect(
                arrival.missing == [
                    .init(.model, "gone-1"), .init(.team, "nobody"), .init(.tools, "fly"), .init(.skills, "lost"),
                ]
            )
            let made = try await store.createAgent(arrival.draft, by: eve.principal)
            let own = try #require(try await store.agentDefinition(made.id, by: eve.principal))
            #expect(own.tools == [.init(name: "dig", configuration: .object(["timeout": .number(9)]))])
            #expect(own.team == ["coding"] && own.skills == [] && own.model == nil)
        }
    }

    @Test func aFileSaysWhatTheAgentIs() async throws {
        try await with { _, store, ada, agent in
            let model = try await store.chatModel("atlas-1", by: ada.principal)
            var change = try #require(try await store.agentDraft(agent.id, by: ada.principal))
            change.modelID = model.id
            _ = try await store.updateAgent(agent.id, change, by: ada.principal)
            let definition = try #require(try await store.agentDefinition(agent.id, by: ada.principal))
            #expect(!definition.file.text.contains(model.id.uuidString.lowercased()))
            let again = try AgentDefinition(file: try JSONValue(parsing: definition.file.pretty))
            #expect(again.model?.name == "atlas-1" && again.tools == definition.tools)
            #expect(again.parameters == definition.parameters && again.instruction == definition.instruction)
            #expect(try await store.arrival(of: again, by: ada.principal).draft.modelID == model.id)
        }
    }

    @Test(arguments: [
        (#"[]"#, "file"), (#"{"format":"x","version":1,"agent":{}}"#, "format"),
        (#"{"format":"alma.agent","version":2,"agent":{}}"#, "version"),
        (#"{"format":"alma.agent","version":1}"#, "agent"),
        (#"{"format":"alma.agent","version":1,"agent":{"name":"a","instruction":"b"},"more":1}"#, "more"),
        (#"{"format":"alma.agent","version":1,"agent":{"name":"a","instruction":"b","user_id":"x"}}"#, "user_id"),
        (#"{"format":"alma.agent","version":1,"agent":{"name":1,"instruction":"b"}}"#, "name"),
        (#"{"format":"alma.agent","version":1,"agent":{"name":"a"}}"#, "instruction"),
        (#"{"format":"alma.agent","version":1,"agent":{"name":"a","instruction":"b","team":"c"}}"#, "team"),
        (#"{"format":"alma.agent","version":1,"agent":{"name":"a","instruction":"b","team":[1]}}"#, "team"),
        (#"{"format":"alma.agent","version":1,"agent":{"name":"a","instruction":"b","tools":["x"]}}"#, "tools"),
        (
            #"{"format":"alma.agent","version":1,"agent":{"name":"a","instruction":"b","tools":[{"name":"x","y":1}]}}"#,
            "tools.y"
        ),
        (
            #"{"format":"alma.agent","version":1,"agent":{"name":"a","instruction":"b","model":{"id":"x","name":"y"}}}"#,
            "model.id"
        ),
    ])
    func anotherFileIsRefusedWithItsField(_ text: String, _ field: String) throws {
        #expect {
            _ = try AgentDefinition(file: JSONValue(parsing: text))
        } throws: { ($0 as? StorageError)?.code == .invalid(field) }
    }

    @Test func anothersVersionsAreNotThere() async throws {
        try await with { database, store, ada, agent in
            var change = try #require(try await store.agentDraft(agent.id, by: ada.principal))
            change.isShared = true
            _ = try await store.updateAgent(agent.id, change, by: ada.principal)
            for other in [try await store.person("eve"), try await store.person("root", isSuperuser: true)] {
                let by = other.principal
                #expect(try await store.agentVersions(of: agent.id, page: Page(), by: by).total == 0)
                #expect(try await store.agentVersion(1, of: agent.id, by: by) == nil)
                #expect(try await store.updateAgent(agent.id, change, by: by) == nil)
                #expect(try await store.setSkills([], of: agent.id, by: by) == false)
            }
            #expect(try await store.agentVersions(of: agent.id, page: Page(), by: ada.principal).total == 2)
        }
    }
}

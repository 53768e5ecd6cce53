import Engine
import Foundation
import Postgres
import Storage
import Testing

/// Tools that people make, their versions, and how agents have them.
@Suite struct CustomToolTests {
    private func draft(_ name: String = "greet", code: String = "cat") -> ToolDraft {
        ToolDraft(
            name: name,
            description: "Greets.",
            type: "script",
            schema: #"{"type":"object"}"#,
            definition: #"{"language":"shell","code":"\#(code)","parameters":"#
                + #"{"type":"object","properties":{"tone":{"type":"string"}},"additionalProperties":false}}"#
        )
    }

    private func made(_ store: Store, by principal: Principal) async throws -> ToolRecord {
        try #require(try await store.createTool(draft(), by: principal))
    }

    private func agent(_ store: Store, tools: [String] = [], by principal: Principal) async throws -> Agent {
        try await store.createAgent(
            AgentDraft(name: "host", displayName: "Host", instruction: "Be kind.", tools: tools),
            by: principal
        )
    }

    @Test func eachChangeIsAVersionThatCanBeUsedAgain() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let tool = try await made(store, by: user.principal)
            #expect(tool.version == "1" && tool.level == .safeExecute && tool.effect == .effectful)
            let changed = try await store.updateTool(tool.id, draft(code: "tac"), by: user.principal)
            #expect(changed?.version == "2" && changed?.definition.contains("tac") == true)
            let again = try await store.restoreTool(tool.id, version: 1, by: user.principal)
            #expect(again?.version == "3" && again?.definition.contains(#""cat""#) == true)
            let versions = try await store.toolVersions(of: tool.id, by: user.principal)
            #expect(versions.map(\.version) == [3, 2, 1])
            #expect(versions.allSatisfy { $0.userName == "ada" && $0.userID == user.id })
            #expect(try await store.restoreTool(tool.id, version: 9, by: user.principal) == nil)
            #expect(try await store.deleteTool(tool.id, by: user.principal))
            #expect(try await store.tools(by: user.principal).isEmpty)
        }
    }

    @Test func whoeverHasSeenAnOlderOneOverwritesNothing() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (user, stranger) = (try await store.person(), try await store.person("eve"))
            let tool = try await made(store, by: user.principal)
            let changed = try await store.updateTool(tool.id, draft(code: "tac"), at: 1, by: user.principal)
            await #expect {
                _ = try await store.restoreTool(tool.id, version: 1, at: 1, by: user.principal)
            } throws: { ($0 as? StorageError)?.code == .changed }
            await #expect {
                _ = try await store.updateTool(tool.id, draft(code: "rev"), at: 1, by: user.principal)
            } throws: { ($0 as? StorageError)?.code == .changed }
            #expect(try await store.tool(tool.id, by: user.principal) == changed)
            #expect(try await store.toolVersions(of: tool.id, by: user.principal).count == 2)
            let first = try #require(try await store.toolVersion(1, of: tool.id, by: user.principal))
            #expect(first.version == 1 && first.draft.definition == tool.definition && first.userID == user.id)
            #expect(try await store.toolVersion(3, of: tool.id, by: user.principal) == nil)
            #expect(try await store.toolVersion(1, of: tool.id, by: stranger.principal) == nil)
            #expect(try await store.restoreTool(tool.id, version: 1, at: 2, by: stranger.principal) == nil)
            let restored = try await store.restoreTool(tool.id, version: 1, at: 2, by: user.principal)
            #expect(restored?.version == "3" && restored?.definition == tool.definition)
        }
    }

    @Test func aRunHasItAsItIs() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            let tool = try await made(store, by: user.principal)
            let agent = try await agent(store, tools: ["greet"], by: user.principal)
            let claimed = try await store.claimedRun(by: user.principal)
            try await database.administrator.query(
                "update runs set agent_id = \(agent.id) where run_id = \(claimed.run.id)"
            )
            var run = claimed
            run.run.agentID = agent.id
            let kept = try await store.brief(for: run).keptTools
            #expect(kept.map(\.type) == ["script"] && kept.first?.definition["code"]?.string == "cat")
            let first = kept.first?.specification.version
            _ = try await store.updateTool(tool.id, draft(code: "tac"), by: user.principal)
            let next = try await store.brief(for: run).keptTools.first
            #expect(next?.definition["code"]?.string == "tac" && next?.specification.version != first)
        }
    }

    @Test(arguments: ["dig", "plan", "greet"])
    func aNameIsThereOnce(name: String) async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            try await store.register([
                ToolSpecification(name: "dig", description: "Digs.", schema: "{}", level: .readOnly, effect: .pure)
            ])
            _ = try await made(store, by: user.principal)
            await #expect(throws: StorageError.self) { _ = try await store.createTool(draft(name), by: user.principal) }
            // Another organisation's is another.
            let other = try await store.person("eve")
            if name == "greet" { #expect(try await store.createTool(draft(name), by: other.principal) != nil) }
        }
    }

    @Test func whoMayMakeAndChangeTools() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (user, other) = (try await store.person(), try await store.person("eve"))
            try await database.administrator.query(
                "insert into memberships (org_id, user_id) values (\(user.organisationID), \(other.id))"
            )
            let member = Principal.member(user: other.id, organisation: user.organisationID, isSuperuser: false)
            let tool = try await made(store, by: user.principal)
            #expect(try await store.createTool(draft("own"), by: member) == nil)
            #expect(try await !store.setMembersMakeTools(true, by: member))
            #expect(try await store.setMembersMakeTools(true, by: user.principal))
            let own = try #require(try await store.createTool(draft("own"), by: member))
            #expect(try await store.updateTool(own.id, draft("own", code: "tac"), by: member) != nil)
            // What others made is theirs, and the leaders'.
            #expect(try await store.updateTool(tool.id, draft(), by: member) == nil)
            #expect(try await !store.deleteTool(tool.id, by: member))
            #expect(try await store.updateTool(own.id, draft("own"), by: user.principal) != nil)
            // Of another organisation's tools nothing is there.
            let stranger = try await store.person("mallory")
            #expect(try await store.tool(tool.id, by: stranger.principal) == nil)
            #expect(try await store.toolVersions(of: tool.id, by: stranger.principal).isEmpty)
            #expect(try await store.updateTool(tool.id, draft(), by: stranger.principal) == nil)
        }
    }

    @Test func anAgentHasAToolWithItsConfiguration() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let (user, stranger) = (try await store.person(), try await store.person("eve"))
            let tool = try await made(store, by: user.principal)
            let agent = try await agent(store, by: user.principal)
            let configuration = try JSONValue(parsing: #"{"timeout":30,"custom_params":{"tone":"kind"}}"#)
            let granted = try await store.grantTool(
                tool.id,
                to: agent.id,
                configuration: configuration,
                by: user.principal
            )
            #expect(granted?.configuration == configuration && granted?.isEnabled == true)
            await #expect(throws: StorageError.self) {
                _ = try await store.grantTool(tool.id, to: agent.id, by: user.principal)
            }
            let patch = try JSONValue(parsing: #"{"timeout":60,"max_retries":2,"custom_params":{"tone":null}}"#)
            let changed = try await store.changeGrant(
                of: tool.id,
                to: agent.id,
                configuration: patch,
                isEnabled: false,
                by: user.principal
            )
            #expect(changed?.configuration.text == #"{"custom_params":{},"max_retries":2,"timeout":60}"#)
            #expect(changed?.isEnabled == false)
            for wrong in [#"{"timeout":0}"#, #"{"max_retries":9}"#, #"{"custom_params":{"pace":1}}"#, #"{"x":1}"#] {
                await #expect(throws: StorageError.self) {
                    let patch = try JSONValue(parsing: wrong)
                    _ = try await store.changeGrant(
                        of: tool.id,
                        to: agent.id,
                        configuration: patch,
                        by: user.principal
                    )
                }
            }
            #expect(try await store.grantTool(tool.id, to: agent.id, by: stranger.principal) == nil)
            #expect(try await store.changeGrant(of: tool.id, to: agent.id, by: stranger.principal) == nil)
            #expect(try await !store.revokeTool(tool.id, from: agent.id, by: stranger.principal))
            #expect(try await store.revokeTool(tool.id, from: agent.id, by: user.principal))
            #expect(try await store.tools(ofAgent: agent.id, by: user.principal) == [])
        }
    }

    @Test func aConfigurationSurvivesTheAgentsForm() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let user = try await store.person()
            _ = try await made(store, by: user.principal)
            let agent = try await agent(store, tools: ["greet"], by: user.principal)
            var draft = try #require(try await store.agentDraft(agent.id, by: user.principal))
            draft.configurations["greet"] = try JSONValue(parsing: #"{"timeout":9}"#)
            _ = try await store.updateAgent(agent.id, draft, by: user.principal)
            // Taken away and given again, by somebody who says nothing of it.
            for tools in [[], ["greet"]] {
                var plain = draft
                (plain.tools, plain.configurations) = (tools, [:])
                _ = try await store.updateAgent(agent.id, plain, by: user.principal)
                #expect(try await store.agentDraft(agent.id, by: user.principal)?.tools == tools)
            }
            let kept = try await store.agentDraft(agent.id, by: user.principal)
            #expect(kept?.configurations["greet"]?.text == #"{"timeout":9}"#)
            draft.configurations["greet"] = try JSONValue(parsing: #"{"timeout":"soon"}"#)
            await #expect(throws: StorageError.self) {
                _ = try await store.updateAgent(agent.id, draft, by: user.principal)
            }
        }
    }
}

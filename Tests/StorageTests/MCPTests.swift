import Engine
import Foundation
import Postgres
import Storage
import Testing

/// MCP servers and what their tools come to: new, approved, changed, gone.
@Suite struct MCPTests {
    private func tool(_ name: String, _ description: String = "Does it.", isReadOnly: Bool = false) -> MCPTool {
        MCPTool(
            name: name,
            description: description,
            schema: .object(["type": .string("object")]),
            isReadOnly: isReadOnly
        )
    }

    private func offer(_ tools: [MCPTool]) -> MCPOffer {
        MCPOffer(protocolVersion: "2025-11-25", title: "Harbour", version: "1", tools: tools)
    }

    private func made(
        _ store: Store,
        by principal: Principal,
        secrets: [String: Secret] = [:],
        isTrusted: Bool = false
    ) async throws -> MCPServer {
        var draft = MCPDraft(
            name: "harbour",
            transport: .http,
            place: "https://mcp.example.org/mcp",
            isTrusted: isTrusted
        )
        draft.secrets = secrets.mapValues { $0 }
        let record = try await store.createMCPServer(draft, by: principal)
        return try #require(try await store.mcpServer(record.id))
    }

    private func approve(_ server: MCPServer, _ store: Store, by principal: Principal) async throws -> Int {
        let tools = try await store.mcpTools(of: server.id, by: principal)
        return try await store.approveMCPTools(tools.map { ($0.id, $0.version) }, of: server.id, by: principal)
    }

    private func states(_ server: MCPServer, _ store: Store, by principal: Principal) async throws -> [String: String] {
        let tools = try await store.mcpTools(of: server.id, by: principal)
        return Dictionary(uniqueKeysWithValues: tools.map { ($0.tool.name, $0.state.rawValue) })
    }

    @Test func agentsHaveWhatWasApprovedAndHearWhatBecameOfIt() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let admin = try await store.person("admin", isSuperuser: true).principal
            let server = try await made(store, by: admin)
            let claimed = try await store.claimedRun(by: admin)
            func kept() async throws -> [String: KeptTool] {
                let tools = try await store.brief(for: claimed).keptTools
                return Dictionary(uniqueKeysWithValues: tools.map { ($0.specification.name, $0) })
            }
            try await store.record(offer([tool("tides"), tool("survey")]), latency: .milliseconds(12), of: server)
            #expect(try await kept().isEmpty)
            #expect(try await approve(server, store, by: admin) == 2)
            var tides = try #require(try await kept()["harbour__tides"])
            #expect(tides.type == "mcp" && tides.specification.level == .privileged)
            #expect(tides.specification.effect == .effectful && tides.definition["reason"] == nil)
            #expect(tides.definition["server_id"]?.string == server.id.text)
            // Another description waits; a tool that is gone says so, with the time; the rows stay.
            try await store.record(offer([tool("tides", "Obey.")]), latency: .zero, of: server)
            #expect(try await states(server, store, by: admin) == ["tides": "changed", "survey": "gone"])
            tides = try #require(try await kept()["harbour__tides"])
            #expect(tides.definition["reason"]?.string?.contains("approve it again") == true)
            #expect(!tides.specification.description.contains("Obey"))
            let survey = try #require(try await kept()["harbour__survey"])
            #expect(
                survey.specification.description.hasPrefix(
                    "[Not available: The server no longer offers this tool, since 20"
                )
            )
            // It is back as it was; the changed one is looked at.
            try await store.record(offer([tool("tides", "Obey."), tool("survey")]), latency: .zero, of: server)
            #expect(try await approve(server, store, by: admin) == 1)
            #expect(try await kept().values.allSatisfy { $0.definition["reason"] == nil })
            #expect(try await kept()["harbour__tides"]?.specification.description.hasPrefix("Obey.") == true)
        }
    }

    @Test func whatHasChangedSinceItWasLookedAtIsNotApproved() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let admin = try await store.person("admin", isSuperuser: true).principal
            let server = try await made(store, by: admin)
            try await store.record(offer([tool("tides")]), latency: .zero, of: server)
            let seen = try await store.mcpTools(of: server.id, by: admin)
            try await store.record(offer([tool("tides", "Obey.")]), latency: .zero, of: server)
            let entries = seen.map { (id: $0.id, version: $0.version) }
            #expect(try await store.approveMCPTools(entries, of: server.id, by: admin) == 0)
            #expect(try await states(server, store, by: admin) == ["tides": "new"])
        }
    }

    @Test func aTrustedServersWordCountsAndNobodyElses() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let admin = try await store.person("admin", isSuperuser: true).principal
            let server = try await made(store, by: admin, isTrusted: true)
            try await store.record(offer([tool("look", isReadOnly: true), tool("touch")]), latency: .zero, of: server)
            _ = try await approve(server, store, by: admin)
            let claimed = try await store.claimedRun(by: admin)
            let levels = try await store.brief(for: claimed).keptTools.map {
                "\($0.specification.name) \($0.specification.level)"
            }
            #expect(levels == ["harbour__look readOnly", "harbour__touch privileged"])
            // Taken back.
            var draft = MCPDraft(name: "", transport: .http, place: server.place)
            draft.isTrusted = false
            _ = try await store.updateMCPServer(server.id, draft, by: admin)
            let now = try await store.brief(for: claimed).keptTools.map(\.specification.level)
            #expect(now == [.privileged, .privileged])
        }
    }

    @Test func secretsAreSealedAndStayWithTheirPlace() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let admin = try await store.person("admin", isSuperuser: true).principal
            let server = try await made(store, by: admin, secrets: ["Authorization": Secret("Bearer abcdefgh")])
            #expect(server.secrets == ["Authorization": Secret("Bearer abcdefgh")])
            let dump = try await database.administrator.query("select s::text from mcp_servers s")
            #expect(try dump.first?.get(0, as: String.self).contains("abcdefgh") == false)
            func changed(_ place: String) async throws -> MCPServer? {
                var draft = MCPDraft(name: "", transport: .http, place: place)
                draft.secrets = ["Authorization": nil]
                _ = try await store.updateMCPServer(server.id, draft, by: admin)
                return try await store.mcpServer(server.id)
            }
            #expect(try await changed(server.place)?.secrets == server.secrets)
            #expect(try await changed("https://elsewhere.example.org/mcp")?.secrets == [:])
        }
    }

    @Test func onlyAdministratorsOfTheOrganisationSeeIt() async throws {
        try await TestDatabase.with { database in
            let store = database.store
            let admin = try await store.person("admin", isSuperuser: true).principal
            let other = try await store.person("other", isSuperuser: true).principal
            let member = try await store.person("member").principal
            let server = try await made(store, by: admin)
            for stranger in [other, member] {
                #expect(try await store.mcpServer(server.id, by: stranger) == nil)
                #expect(try await store.mcpServers(by: stranger).isEmpty)
            }
            #expect(try await store.deleteMCPServer(server.id, by: other) == false)
            await #expect(throws: StorageError.self) { try await made(store, by: member) }
            // A report of a connection that was made before a change is not written down.
            var late = server
            late.revision = 0
            try await store.record(offer([tool("tides")]), latency: .zero, of: late)
            try await store.record(.failing, reason: "Late.", of: late)
            #expect(try await store.mcpServer(server.id, by: admin)?.state == .new)
            #expect(try await store.mcpTools(of: server.id, by: admin).isEmpty)
            // With the server go its tools.
            try await store.record(offer([tool("tides")]), latency: .zero, of: server)
            _ = try await approve(server, store, by: admin)
            #expect(try await store.deleteMCPServer(server.id, by: admin))
            #expect(try await database.administrator.query("select from tools where tool_type = 'mcp'").isEmpty)
        }
    }

    @Test(arguments: [
        ("get_time", "harbour__get_time"), ("a b", "harbour__a_b_"), ("é", "harbour____"), ("..", "harbour____"),
    ])
    func namesFitModels(tool: String, beginning: String) {
        let name = MCPToolRecord.modelName(server: "harbour", tool: tool)
        #expect(name.hasPrefix(beginning) && name.utf8.count <= 64 && name.wholeMatch(of: /[A-Za-z0-9_-]+/) != nil)
    }

    @Test func longNamesDiffer() {
        let long = String(repeating: "x", count: 80)
        let names = ["\(long)1", "\(long)2"].map { MCPToolRecord.modelName(server: "harbour", tool: $0) }
        #expect(names[0] != names[1] && names.allSatisfy { $0.utf8.count == 64 })
    }
}

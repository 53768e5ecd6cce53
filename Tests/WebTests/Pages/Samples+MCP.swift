import Engine
import Foundation
import Storage

@testable import Web

extension Samples {
    var mcpPages: [(name: String, view: any View)] {
        let title = voice.words["mcp.title"]
        return [
            ("search", search(SearchSetting(kind: .brave, hasKey: true))), ("search-wrong", wrongSearch),
            ("mcp-none", MCPServersView(page: frame(title, .admin), servers: [], voice: voice)),
            ("mcp", MCPServersView(page: frame(title, .admin), servers: [mcpServer, newMCPServer], voice: voice)),
            ("mcp-server-new", mcpPage(newMCPServer, tools: [])),
            ("mcp-server", mcpPage(mcpServer, tools: mcpTools)),
            ("mcp-new", mcpForm(nil)), ("mcp-edit", mcpForm(mcpServer)), ("keys-none", apiKeys(isMade: false)),
            ("keys", apiKeys(isMade: true)),
            (
                "mcp-authorise",
                MCPAuthoriseView(
                    page: frame(title, .admin),
                    name: Samples.hostile,
                    address: "https://sign-in.example.org/?state=x",
                    back: "/admin/mcp",
                    voice: voice
                )
            ),
        ]
    }

    private func apiKeys(isMade: Bool) -> APIKeysView {
        var draft = APIKeysView.Draft(name: Samples.hostile)
        if isMade { for field in ["name", "scopes"] { draft.errors.add(field, Samples.hostile) } }
        let key = APIKey(
            id: id(86),
            name: Samples.hostile,
            hint: "x1Y2",
            scopes: [.api, .mcp],
            expiresAt: voice.now.addingTimeInterval(86_400),
            lastUsedAt: ago(12),
            createdAt: ago(600)
        )
        return APIKeysView(
            page: frame(voice.words["keys.title"]),
            keys: isMade ? [key] : [],
            made: isMade ? Secret("alma_0123456789") : nil,
            draft: draft,
            mayAdminister: true,
            voice: voice
        )
    }

    private var newMCPServer: MCPRecord {
        MCPRecord(id: id(80), name: "time", transport: .stdio, place: "/opt/mcp/bin/time", createdAt: ago(3))
    }

    private var mcpServer: MCPRecord {
        var server = MCPRecord(
            id: id(81),
            name: "harbour",
            transport: .http,
            place: "https://mcp.example.org/mcp",
            createdAt: ago(600)
        )
        server.state = .unauthorised
        server.lastError = Samples.hostile
        server.lastSeenAt = ago(12)
        server.latency = 84
        server.title = Samples.hostile
        server.version = "2.1"
        server.protocolVersion = "2025-11-25"
        server.secretNames = ["Authorization"]
        server.isAuthorised = true
        server.isTrusted = true
        server.counts = .init(usable: 1, waiting: 2, gone: 1)
        server.resources = [MCPEntry(name: Samples.hostile, address: "harbour://rules", description: Samples.hostile)]
        server.prompts = [MCPEntry(name: "greet", description: Samples.hostile)]
        return server
    }

    private var mcpTools: [MCPToolRecord] {
        func tool(_ number: UInt8, _ name: String, _ state: MCPToolRecord.State, readOnly: Bool = false)
            -> MCPToolRecord
        {
            let tool = MCPTool(
                name: name,
                description: Samples.hostile,
                schema: .object(["type": .string("object"), "title": .string(Samples.hostile)]),
                isReadOnly: readOnly
            )
            return MCPToolRecord(id: id(number), tool: tool, server: "harbour", state: state)
        }
        var changed = tool(83, "tides", .changed)
        changed.approvedDescription = text("Says when the tide is high.", "说出何时满潮。")
        changed.approvedSchema = .object([:])
        var gone = tool(85, Samples.hostile, .gone)
        gone.goneAt = ago(30)
        return [tool(82, "survey", .new, readOnly: true), changed, tool(84, "moor", .approved), gone]
    }

    private func mcpPage(_ server: MCPRecord, tools: [MCPToolRecord]) -> MCPServerView {
        MCPServerView(page: frame(server.name, .admin), server: server, tools: tools, voice: voice)
    }

    private func search(_ setting: SearchSetting) -> SearchView {
        SearchView(
            page: frame(voice.words["search.title"], .admin),
            input: SearchInput(setting),
            hasKey: setting.hasKey,
            voice: voice
        )
    }

    private var wrongSearch: SearchView {
        var input = SearchInput(nil)
        input.url = Samples.hostile
        input.problems = [.unknown, .needsURL, .badKey]
        return SearchView(page: frame(voice.words["search.title"], .admin), input: input, hasKey: false, voice: voice)
    }

    private func mcpForm(_ known: MCPRecord?) -> MCPFormView {
        var input = known.map(MCPInput.init) ?? MCPInput()
        if known == nil {
            input.draft.arguments = Samples.hostile
            for field in ["name", "place", "secrets", "arguments"] { input.errors.add(field, Samples.hostile) }
        }
        return MCPFormView(
            page: frame(voice.words["mcp.add"], .admin),
            input: input,
            known: known,
            agents: [Option(value: "assistant", label: text("Assistant", "助手"), isChosen: true)],
            programs: known == nil ? [] : ["/opt/mcp/bin/time"],
            voice: voice
        )
    }
}

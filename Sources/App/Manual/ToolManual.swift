import Engine
import Fetch
import Foundation
import Sandbox
import Storage
import Tools

/// What every tool of this program says of itself, as a page of Markdown. It needs no database and no sandbox.
struct ToolManual: Sendable {
    let tools: [ToolSpecification]

    /// All that the program has, whether this server offers it or not.
    static func whole() async throws -> ToolManual {
        let fetch = FetchClient()
        let tools = Parts.tools(
            store: Nowhere(),
            web: WebAccess(client: fetch, addresses: .publicOnly),
            searchService: SearchService(.duckduckgo),
            workspaces: Workspaces(path: ""),
            reader: DocumentReader(sandbox: nil, workspaces: Workspaces(path: ""))
        )
        await fetch.close()
        let code = RunCodeTool.specification(languages: SandboxLanguage.allCases)
        let all =
            tools.map(\.specification) + [code, CheckCodeTool.manual, BrowserTool.manual]
            + ToolCatalogue.teamTools
        return ToolManual(tools: all.sorted { $0.name < $1.name })
    }

    var names: [String] { tools.map(\.name) }

    /// One line for each.
    var list: String {
        let width = names.map(\.count).max() ?? 0
        return tools.map { tool in
            tool.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
                + "\(tool.level.rawValue), \(tool.effect.rawValue)"
        }
        .joined(separator: "\n")
    }

    var markdown: String {
        ([Self.preface] + tools.map(page)).joined(separator: "\n\n") + "\n"
    }

    private static let preface = """
        # Tools

        What the program's own tools say of themselves: what models read about them, and what they take. Written by
        `alma tools --markdown`; tools that people make, and those of MCP servers, have their pages in the dashboard.

        What holds for all: the input is checked against the schema, then policy decides (allow, ask, deny; by level, by agent,
        by person, by organisation). A level says what a tool may touch: `read_only`, `safe_execute` (in the sandbox or
        within ALMA), `privileged` (asks, unless a rule says otherwise). An effect says what happens when a call is made twice: a
        `pure` one has the same result, which is kept; an `idempotent` one does no more than once; an `effectful` one is never
        repeated by itself. A result that is too long for the conversation is kept whole and read with `read_result`.

        Rules are made on the page of the tools: by those who lead an organisation for everybody, one person or one agent
        (`PUT /v1/tool-policies`), by everybody for their own runs (`PUT /v1/users/me/tool-policies`). One on a tool says more than
        one on a level, one with an agent more than one with all, one for a person more than one for everybody. An organisation's
        `deny` stands, whatever people allow; and who wants to be asked is, whatever the organisation allows.
        """

    private func page(_ tool: ToolSpecification) -> String {
        let time = tool.timeLimit.components.seconds
        let owners =
            switch tool.agents {
            case nil: "all agents of the system"
            case []: "agents that have skills"
            case let names?: "the agents " + names.joined(separator: ", ")
            }
        let isOfTeam = ToolCatalogue.teamTools.contains { $0.name == tool.name }
        let facts = [
            "level `\(tool.level.rawValue)`", "effect `\(tool.effect.rawValue)`",
            tool.asksPerson ? "waits for its person" : isOfTeam ? nil : "at most \(time) s a call",
            "from the start with " + (isOfTeam ? "agents that have colleagues" : owners),
        ]
        let parts = [
            "## `\(tool.name)`", facts.compactMap { $0 }.joined(separator: ", ").capitalisedFirst + ".",
            tool.description, fields(of: tool), schema(of: tool),
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private func fields(of tool: ToolSpecification) -> String {
        let fields = SchemaOutline(tool.schema).fields
        guard !fields.isEmpty else { return "It takes nothing." }
        let rows = fields.map { field in
            let name = "`\(field.name)`" + (field.isRequired ? " (needed)" : "")
            return "| \(name) | \(field.type.inTable) | \(field.about.inTable) |"
        }
        return (["| field | type | about |", "|---|---|---|"] + rows).joined(separator: "\n")
    }

    /// Where the table does not say all.
    private func schema(of tool: ToolSpecification) -> String {
        guard let schema = try? JSONValue(parsing: tool.schema),
            schema["properties"]?.object?.values.contains(where: { $0["items"]?["properties"] != nil }) == true
        else { return "" }
        return "```json\n\(schema.pretty)\n```"
    }
}

extension String {
    fileprivate var inTable: String { replacing("|", with: "\\|").replacing("\n", with: " ") }

    fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}

/// Where tools look that are only described: there is nothing.
private struct Nowhere: ToolStores {
    func search(
        _ text: String,
        notIn conversation: UUID?,
        limit: Int,
        by principal: Principal
    ) async throws -> [ConversationMatch] { [] }

    func files(in conversation: UUID, by principal: Principal) async throws -> [KeptFile] { [] }

    func bytes(of file: UUID, part: Int, by principal: Principal) async throws -> [UInt8]? { nil }

    func keep(madeAt path: String, in run: Run, next: () async throws -> [UInt8]?) async throws -> KeptFile? { nil }

    func searchChoice() async throws -> SearchChoice? { nil }

    func toolResult(_ call: String, of run: UUID, by principal: Principal) async throws -> String? { nil }

    func variables(in conversation: UUID, by principal: Principal) async throws -> [RunContext.Variable]? { nil }

    func setVariable(
        _ name: String,
        to value: JSONValue,
        in conversation: UUID,
        by principal: Principal
    ) async throws -> Bool { false }

    func removeVariable(_ name: String, in conversation: UUID, by principal: Principal) async throws -> Bool { false }

    func skill(_ name: String, of agent: UUID, by principal: Principal) async throws -> Skill? { nil }

    func toolSecrets(by principal: Principal) async throws -> [ToolSecret] { [] }

    func value(of secret: ToolSecret, by principal: Principal) async throws -> Secret? { nil }
}

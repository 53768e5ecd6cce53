import Engine
import Foundation
import Storage

/// One MCP server: how it is, and what it offers. What it says of itself is a stranger's text.
struct MCPServerView: View {
    static let template = "mcp-server"

    let page: Frame
    let address: String
    let name: String
    let about: String
    let state: StateView
    let errorTitle: String
    let error: String?
    /// The word on the button that leads to where it wants somebody to sign in.
    let authorisation: String?
    /// Whether connecting to it runs a program here.
    let runsProgram: Bool
    let facts: [Fact]
    let waiting: [Waiting]
    let hasWaiting: Bool
    let tools: [Known]
    let hasTools: Bool
    let resources: [Entry]
    let hasResources: Bool
    let prompts: [Entry]
    let hasPrompts: Bool

    struct Fact: Sendable {
        let name: String
        let value: String
    }

    /// A tool that an administrator has to look at.
    struct Waiting: Sendable {
        /// Its id and the version that is shown here.
        let value: String
        let name: String
        let note: String?
        let level: String?
        let description: String
        let before: String?
        let schema: String
        let schemaBefore: String?
    }

    struct Known: Sendable {
        let name: String
        let description: String
        let note: String?
    }

    struct Entry: Sendable {
        let name: String
        let detail: String
    }

    init(page: Frame, server: MCPRecord, tools: [MCPToolRecord], voice: Voice) {
        let words = voice.words
        self.page = page
        address = "/admin/mcp/\(server.id.text)"
        name = server.name
        about = ([server.place] + server.arguments).joined(separator: " ")
        state = StateView(server, voice: voice)
        errorTitle = words["mcp.failing"]
        error = server.lastError
        let isAuthorisable = server.transport == .http && (server.state == .unauthorised || server.isAuthorised)
        authorisation = isAuthorisable ? words[server.isAuthorised ? "mcp.authoriseAgain" : "mcp.authorise"] : nil
        runsProgram = server.transport == .stdio
        facts = Self.facts(server, voice)
        waiting = tools.filter { [.new, .changed].contains($0.state) }.map { Waiting($0, words) }
        hasWaiting = !waiting.isEmpty
        self.tools = tools.filter { ![.new, .changed].contains($0.state) }.map { Known($0, voice) }
        hasTools = !self.tools.isEmpty
        resources = server.resources.map(Entry.init)
        hasResources = !resources.isEmpty
        prompts = server.prompts.map(Entry.init)
        hasPrompts = !prompts.isEmpty
    }

    private static func facts(_ server: MCPRecord, _ voice: Voice) -> [Fact] {
        let words = voice.words
        func fact(_ key: String, _ value: String?) -> Fact? {
            value.flatMap { $0.isEmpty ? nil : Fact(name: words[key], value: $0) }
        }
        let software = [server.title, server.version].compactMap { $0 }.joined(separator: " ")
        return [
            fact("mcp.transport", words["mcp.transport.\(server.transport.rawValue)"]),
            fact("mcp.since", TimeText.exact(server.stateSince, voice: voice)),
            fact("mcp.lastSeen", server.lastSeenAt.map { TimeText.exact($0, voice: voice) }),
            fact("mcp.latency", server.latency.map { voice.duration(Double($0) / 1000) }),
            fact("mcp.software", software),
            fact("mcp.protocol", server.protocolVersion),
            fact("mcp.toolCount", server.counts.words(voice)),
            fact("mcp.network", server.network.joined(separator: ", ")),
            fact("mcp.secrets", server.secretNames.joined(separator: ", ")),
        ].compactMap { $0 }
    }
}

extension MCPServerView.Waiting {
    fileprivate init(_ record: MCPToolRecord, _ words: Words) {
        let isChanged = record.state == .changed
        value = "\(record.id.text):\(record.version)"
        name = record.modelName
        note = words[isChanged ? "mcp.note.changed" : "mcp.note.new"]
        level = record.tool.isReadOnly && record.tool.kind == .tool ? words["mcp.note.readOnly"] : nil
        description = record.tool.description
        before = isChanged && record.approvedDescription != record.tool.description ? record.approvedDescription : nil
        schema = record.tool.schema.pretty
        schemaBefore =
            isChanged && record.approvedSchema != record.tool.schema ? record.approvedSchema.map(\.pretty) : nil
    }
}

extension MCPServerView.Known {
    fileprivate init(_ record: MCPToolRecord, _ voice: Voice) {
        name = record.modelName
        description = record.tool.problem ?? String(record.tool.description.prefix(300))
        note = record.goneAt.map { voice.words("mcp.note.gone", ["time": TimeText.exact($0, voice: voice)]) }
    }
}

extension MCPServerView.Entry {
    fileprivate init(_ entry: MCPEntry) {
        name = entry.name.isEmpty ? entry.address : entry.name
        detail = [entry.name.isEmpty ? "" : entry.address, entry.description].filter { !$0.isEmpty }.joined(
            separator: " – "
        )
    }
}

package import Engine
import Foundation

/// A tool that a server does: as it was approved, or not at all.
struct MCPRemoteTool: Tool {
    let specification: ToolSpecification
    private let approved: ApprovedMCPTool
    private let connections: MCPConnections

    init(_ approved: ApprovedMCPTool, as specification: ToolSpecification, connections: MCPConnections) {
        self.approved = approved
        self.specification = specification
        self.connections = connections
    }

    func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        do {
            return try await work(input, context) + news(context)
        } catch let failure as MCPFailure {
            throw ToolFailure(words(failure))
        }
    }

    private func work(_ input: JSONValue, _ context: ToolContext) async throws -> String {
        let server = approved.serverID
        switch approved.tool.kind {
        case .tool: return try MCPContent.text(ofCall: try await call(input, context))
        case .listResources: return Self.list(try await connections.offer(of: server).resources)
        case .listPrompts: return Self.list(try await connections.offer(of: server).prompts)
        case .readResource:
            let address = input["uri"]?.string ?? ""
            return MCPContent.text(
                ofResource: try await connections.read(address, of: server, in: context.run.conversationID)
            )
        case .getPrompt:
            let parameters = ["name": input["name"] ?? .null, "arguments": input["arguments"] ?? .object([:])]
            return MCPContent.text(ofPrompt: try await connections.ask("prompts/get", parameters, of: server))
        }
    }

    /// What was read of this server in the conversation and should be read anew; empty when there is nothing.
    private func news(_ context: ToolContext) -> String {
        let changed = connections.news(of: approved.serverID, in: context.run.conversationID)
        guard !changed.isEmpty else { return "" }
        let list = changed.prefix(20).map { String($0.prefix(500)) }.joined(separator: ", ")
        return "\n\n[Changed since you read it, so read it anew before you rely on it: \(list)]"
    }

    /// Whoever watches hears of the call's progress while it goes on.
    private func call(_ input: JSONValue, _ context: ToolContext) async throws -> JSONValue {
        let (steps, teller) = AsyncStream<MCPProgress>.makeStream(bufferingPolicy: .bufferingNewest(16))
        async let told: Void = Self.tell(steps, context)
        defer { teller.finish() }
        let result = try await connections.call(approved.tool, of: approved.serverID, input) { teller.yield($0) }
        teller.finish()
        try await told
        return result
    }

    private static func tell(_ steps: AsyncStream<MCPProgress>, _ context: ToolContext) async throws {
        for await step in steps { try await context.progress(step.line + "\n") }
    }

    private static func list(_ entries: [MCPEntry]) -> String {
        guard !entries.isEmpty else { return "There are none." }
        return entries.map { entry in
            [entry.address, entry.name, entry.description].filter { !$0.isEmpty }.joined(separator: " – ")
        }
        .joined(separator: "\n")
    }

    private func words(_ failure: MCPFailure) -> String {
        switch failure.kind {
        case .refused: "The server \(approved.serverName) refused the call: \(failure.message)"
        case .off: "\(specification.name) is not available: \(failure.message)"
        default: "The server \(approved.serverName) cannot be used now. \(failure.message)"
        }
    }
}

/// What the definition of a kept tool says: which server's tool it is, and how it was when an administrator approved it.
struct ApprovedMCPTool: Sendable {
    var serverID: UUID
    var serverName: String
    var tool: MCPTool

    /// Throws `ToolFailure` when it cannot be used now, or the definition is none of a tool of this kind.
    init(_ kept: KeptTool) throws {
        let definition = kept.definition
        guard let kind = definition["kind"]?.string.flatMap(MCPTool.Kind.init),
            let server = definition["server_id"]?.string.flatMap(UUID.init(uuidString:)),
            let name = definition["tool"]?.string
        else { throw ToolFailure("This is no tool of an MCP server.") }
        if let reason = definition["reason"]?.string { throw ToolFailure(reason) }
        serverID = server
        serverName = definition["server"]?.string ?? "?"
        tool = MCPTool(
            kind: kind,
            name: name,
            description: definition["description"]?.string ?? "",
            schema: try JSONValue(parsing: kept.specification.schema),
            isReadOnly: definition["read_only"] == .bool(true)
        )
    }
}

/// Makes the tools of MCP servers work.
package struct MCPToolMaker: ToolMaker {
    package let type = "mcp"
    private let connections: MCPConnections

    package init(connections: MCPConnections) { self.connections = connections }

    package func tool(_ kept: KeptTool) throws -> any Tool {
        MCPRemoteTool(try ApprovedMCPTool(kept), as: kept.specification, connections: connections)
    }
}

extension MCPProgress {
    /// For people.
    fileprivate var line: String {
        func text(_ number: Double) -> String {
            number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
        }
        let place = total.map { "\(text(done)) of \(text($0))" } ?? text(done)
        return message.map { "\(place): \($0)" } ?? place
    }
}

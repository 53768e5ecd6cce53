package import Engine
package import Foundation
package import Logging

/// The connections of this process to MCP servers. They live in `run`, and end with it.
package final class MCPConnections: MCPDesk, Sendable {
    private let door: MCPDoor
    private let source: any MCPSource
    private let logger: Logger
    private let links = Locked<[UUID: MCPLink]>([:])
    private let births: AsyncStream<MCPLink>
    private let midwife: AsyncStream<MCPLink>.Continuation

    package init(door: MCPDoor, source: any MCPSource, logger: Logger) {
        self.door = door
        self.source = source
        self.logger = logger
        (births, midwife) = AsyncStream.makeStream()
    }

    package var programs: [String] { door.programs }

    /// Holds the connections until it is cancelled; nothing of them is left then.
    package func run() async {
        await door.sweep(source)
        await withDiscardingTaskGroup { group in
            for await link in births { group.addTask { await link.live() } }
            group.cancelAll()
        }
    }

    /// Calls a tool, which has to be as it was when it was approved. Throws `MCPFailure`.
    func call(
        _ tool: MCPTool,
        of server: UUID,
        _ arguments: JSONValue,
        progress: @escaping @Sendable (MCPProgress) -> Void
    ) async throws -> JSONValue {
        try await use(server) { open in
            guard let offered = open.offer.tools.first(where: { $0.name == tool.name }) else {
                throw MCPFailure(.off, "The server no longer offers this tool.")
            }
            guard offered.isSame(as: tool), offered.problem == nil else {
                throw MCPFailure(.off, "The server has changed this tool; an administrator has to approve it again.")
            }
            return try await open.session.request(
                "tools/call",
                ["name": .string(tool.name), "arguments": arguments],
                progress: progress
            )
        }
    }

    /// Asks for something else than a tool.
    func ask(_ method: String, _ parameters: [String: JSONValue], of server: UUID) async throws -> JSONValue {
        try await use(server) { try await $0.session.request(method, parameters) }
    }

    /// A resource, for a conversation that is told when it changes later, where the server tells that.
    func read(_ address: String, of server: UUID, in conversation: UUID) async throws -> JSONValue {
        try await use(server) { open in
            let session = open.session
            let isNew = session.watch.withLock { $0.read(address, in: conversation) }
            // Before it is read, so that no change falls between. A server that refuses it is read all the same.
            if isNew, session.canSubscribe.withLock({ $0 }) {
                _ = try? await session.request("resources/subscribe", ["uri": .string(address)], within: door.patience)
            }
            return try await session.request("resources/read", ["uri": .string(address)])
        }
    }

    /// Addresses of resources that were read in the conversation and have changed since; once.
    func news(of server: UUID, in conversation: UUID) -> [String] {
        let open = links.withLock { $0[server] }?.current
        return open?.session.watch.withLock { $0.takeNews(of: conversation) } ?? []
    }

    func offer(of server: UUID) async throws -> MCPOffer { try await use(server) { $0.offer } }

    package func probe(_ server: UUID) async throws -> MCPOffer {
        await drop(server)
        return try await offer(of: server)
    }

    package func drop(_ server: UUID) async { links.withLock { $0.removeValue(forKey: server) }?.close() }

    package func forget(_ server: UUID) async {
        await drop(server)
        await door.sweep(source)
    }

    package func authorise(_ id: UUID, _ authorisation: MCPAuthorisation) async throws -> String {
        guard let server = try await source.mcpServer(id), server.transport == .http else {
            throw MCPFailure(.off, "There is nowhere to sign in for this server.")
        }
        guard let refusal = try await door.refusal(of: server) else {
            throw MCPFailure(.off, "\(server.name) does not want anybody to sign in.")
        }
        let begun = try await door.oauth.begin(server, refusal: refusal, authorisation)
        try await source.setMCPGrant(begun.grant, of: id)
        return begun.url
    }

    package func finishAuthorisation(of server: UUID, state: String, code: String) async throws {
        guard let grant = try await source.mcpGrant(of: server) else {
            throw MCPFailure(.off, "Nobody is waited for here.")
        }
        try await source.setMCPGrant(try await door.oauth.finish(grant, state: state, code: code), of: server)
        await drop(server)
    }

    private func use<Result: Sendable>(
        _ id: UUID,
        _ body: (MCPLink.Open) async throws -> Result
    ) async throws -> Result {
        guard let server = try await source.mcpServer(id), server.isEnabled else {
            await drop(id)
            throw MCPFailure(.off, "The server that this tool comes from is switched off or has been removed.")
        }
        let link = link(to: server)
        return try await link.whileUsed {
            do {
                return try await body(try await link.open { midwife.yield($0) })
            } catch {
                throw door.cleaned(error, of: server)
            }
        }
    }

    /// One that was made for what the server was before is given up.
    private func link(to server: MCPServer) -> MCPLink {
        let (link, old) = links.withLock { links -> (MCPLink, MCPLink?) in
            let known = links[server.id]
            if let known, known.server.revision == server.revision { return (known, nil) }
            let new = MCPLink(server, door: door, source: source, logger: logger)
            links[server.id] = new
            return (new, known)
        }
        old?.close()
        return link
    }
}

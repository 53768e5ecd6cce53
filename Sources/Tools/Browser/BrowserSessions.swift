import Egress
package import Engine
package import Fetch
package import Foundation
package import Sandbox

/// The browsers that runs have open: one for a run, for as long as it uses it.
package final class BrowserSessions: @unchecked Sendable {
    private static let idleTime = Duration.seconds(300)

    package static var isInstalled: Bool { BrowserProcess.program != nil }

    // `sessions` and `isClosed` are guarded by `lock`.
    private let lock = NSLock()
    private var sessions: [UUID: BrowserSession] = [:]
    private var isClosed = false
    private let program: String
    private let sandbox: CodeSandbox
    private let scratch: Workspaces
    private let proxy: EgressProxy
    private let networks: any AgentNetworks
    private let most: Int

    /// nil where no browser is installed. `scratch`: a folder of this server's for what browsers keep while they live;
    /// `addresses`: where any program may go; `most`: browsers at once, each of which may take 1 GB.
    package init?(
        sandbox: CodeSandbox,
        scratch: Workspaces,
        addresses: AddressPolicy,
        networks: any AgentNetworks,
        most: Int = 4
    ) {
        guard let program = BrowserProcess.program else { return nil }
        self.program = program
        self.sandbox = sandbox
        self.scratch = scratch
        self.networks = networks
        self.most = most
        var limits = EgressLimits()
        limits.bytes = 300 << 20
        limits.connections = 96
        proxy = EgressProxy(addresses: addresses, limits: limits)
        scratch.remove(scratch.conversations.filter { $0.age > BrowserProcess.longestLife * 2 })
    }

    /// The run's browser, started when it has none.
    func session(for context: ToolContext) async throws -> BrowserSession {
        let run = context.run.id
        if let known = lock.withLock({ sessions[run] }) {
            if known.isAlive { return known.used() }
            await end(run: run)
        }
        guard lock.withLock({ !isClosed && sessions.count < most }) else {
            throw ToolFailure(
                "\(most) browsers are open already, as many as this server has room for. Try again later."
            )
        }
        let list = try await networks.network(ofAgent: context.run.agentID, by: context.principal)
        let process = try await BrowserProcess.start(program, in: sandbox, scratch: scratch, through: proxy) {
            host,
            port in
            !BrowserProcess.isOwnErrand(host) && (list.isEmpty || list.permits(host, port))
        }
        do {
            let session = try await BrowserSession(process, idleTime: Self.idleTime) { [weak self] in
                await self?.end(run: run)
            }
            let (surplus, mine) = lock.withLock { () -> (BrowserSession?, BrowserSession) in
                if isClosed { return (session, session) }
                // Two calls of one run at once: the earlier one counts.
                if let other = sessions[run] { return (session, other) }
                sessions[run] = session
                return (nil, session)
            }
            await surplus?.end()
            return mine
        } catch {
            await process.end()
            throw error
        }
    }

    /// The one that the run has. Throws `ToolFailure` when it has none.
    func known(for context: ToolContext) throws -> BrowserSession {
        let known = lock.withLock { sessions[context.run.id] }
        guard let known, known.isAlive else { throw ToolFailure("No page is open. Begin with open.") }
        return known.used()
    }

    /// Nothing of the run's browser is left when this returns.
    package func end(run: UUID) async {
        let session = lock.withLock { sessions.removeValue(forKey: run) }
        await session?.end()
    }

    package func close() async {
        let all = lock.withLock {
            isClosed = true
            defer { sessions = [:] }
            return Array(sessions.values)
        }
        for one in all { await one.end() }
    }
}

extension UUID {
    /// How long ago it was made, if it is one of version 7. What is too old is left from a server that was killed.
    fileprivate var age: Duration {
        let bytes = [uuid.0, uuid.1, uuid.2, uuid.3, uuid.4, uuid.5]
        let milliseconds = bytes.reduce(0) { $0 << 8 | Int64($1) }
        return .milliseconds(Int64(Date().timeIntervalSince1970 * 1000) - milliseconds)
    }
}

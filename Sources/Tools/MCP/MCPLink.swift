import Engine
import Foundation
import Logging

/// One server's connection in this process: made when it is first wanted, kept, made again after a failure with waits that
/// grow, let go when nobody has used it for a while.
final class MCPLink: Sendable {
    /// An open connection and what it offers now.
    struct Open: Sendable {
        let session: MCPSession
        var offer: MCPOffer
    }

    private enum Phase {
        case resting, connecting
        case open(Open)
        case waiting(until: Date, MCPFailure)
        case closed
    }

    private struct State {
        var phase = Phase.resting
        var waiters: [Int] = []
        var lastWaiter = 0
        var isLiving = false
        var lastUse = ContinuousClock.now
        var uses = 0
    }

    /// How long it is kept without being used.
    static let idleTime = Duration.seconds(600)

    let server: MCPServer
    private let door: MCPDoor
    private let source: any MCPSource
    private let logger: Logger
    private let state = Locked(State())
    private let arrivals = MCPPending<Open>()
    private let bell = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    init(_ server: MCPServer, door: MCPDoor, source: any MCPSource, logger: Logger) {
        self.server = server
        self.door = door
        self.source = source
        self.logger = logger
    }

    /// The open connection. While a failed one waits for its next try, this throws at once what was wrong. `begin` is
    /// called when the link has to be brought to life. Throws `MCPFailure`.
    func open(_ begin: (MCPLink) -> Void) async throws -> Open {
        enum Answer { case open(Open), wait(Int, begins: Bool) }
        let answer: Answer = try state.withLock { state in
            state.lastUse = .now
            switch state.phase {
            case .open(let open): return .open(open)
            case .closed: throw MCPFailure(.off, "The connection to \(server.name) was closed.")
            case .waiting(let time, let failure):
                let seconds = max(1, Int(time.timeIntervalSinceNow.rounded(.up)))
                throw MCPFailure(failure.kind, "\(failure.message) The next try is in \(seconds) s.")
            case .resting, .connecting:
                state.lastWaiter += 1
                state.waiters.append(state.lastWaiter)
                let begins = !state.isLiving
                state.isLiving = true
                return .wait(state.lastWaiter, begins: begins)
            }
        }
        switch answer {
        case .open(let open): return open
        case .wait(let key, let begins):
            if begins { begin(self) }
            defer { arrivals.forget(key) }
            return try await arrivals.value(key)
        }
    }

    /// The connection that is open now, if any.
    var current: Open? { state.withLock { if case .open(let open) = $0.phase { open } else { nil } } }

    /// Counts a call, so that nobody takes the link for idle meanwhile.
    func whileUsed<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        state.withLock { $0.uses += 1 }
        defer {
            state.withLock { state in
                state.uses -= 1
                state.lastUse = .now
            }
        }
        return try await body()
    }

    /// Ends it for good.
    func close() {
        settle(.closed, .failure(MCPFailure(.off, "The connection to \(server.name) was closed.")))
        bell.continuation.finish()
    }

    /// Lives until it is idle, closed or cancelled.
    func live() async {
        repeat { await connectAgainAndAgain() } while !rest()
    }

    private func connectAgainAndAgain() async {
        var failures = 0
        while !Task.isCancelled, !isClosed {
            state.withLock { if case .closed = $0.phase {} else { $0.phase = .connecting } }
            let began = ContinuousClock.now
            do {
                try await connect()
                break
            } catch {
                if Task.isCancelled || isClosed { break }
                let failure = error as? MCPFailure ?? MCPFailure(.connection, "The connection broke off.")
                // One that held for a while begins again from the start.
                failures = ContinuousClock.now - began > .seconds(60) ? 1 : failures + 1
                await failed(failure)
                guard await pause(after: failures, failure) else { break }
            }
        }
    }

    private var isClosed: Bool {
        state.withLock { if case .closed = $0.phase { true } else { false } }
    }

    private var isIdle: Bool {
        state.withLock { $0.uses == 0 && $0.waiters.isEmpty && ContinuousClock.now - $0.lastUse > Self.idleTime }
    }

    /// False when somebody has come meanwhile who wants the connection.
    private func rest() -> Bool {
        let isOver = Task.isCancelled
        let rests = state.withLock { state in
            if case .closed = state.phase { return true }
            guard isOver || state.waiters.isEmpty else { return false }
            state.isLiving = false
            state.phase = .resting
            return true
        }
        if rests { settle(nil, .failure(MCPFailure(.off, "The server is shutting down."))) }
        return rests
    }

    /// Seconds before the next try, of which at least half is waited: twice as many each time, up to a minute.
    static func longestWait(after failures: Int) -> Double { min(60, pow(2, Double(min(failures, 8)) - 1)) }

    /// Whether there is to be another try.
    private func pause(after failures: Int, _ failure: MCPFailure) async -> Bool {
        let longest = Self.longestWait(after: failures)
        let wait = failure.kind == .sessionGone && failures == 1 ? 0 : Double.random(in: longest / 2...longest)
        settle(.waiting(until: Date().addingTimeInterval(wait), failure), .failure(failure))
        // Somebody has to change something first, or nobody has asked for a long time.
        if case .unauthorised = failure.kind, failures > 1 { return false }
        guard !isIdle else { return false }
        await ring(within: .seconds(wait))
        return true
    }

    /// Moves on, and tells those who wait.
    private func settle(_ phase: Phase?, _ result: Result<Open, any Error>) {
        let waiters = state.withLock { state in
            if let phase { if case .closed = state.phase {} else { state.phase = phase } }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { arrivals.settle(waiter, result) }
    }

    /// Until the time is over, or the link is closed.
    private func ring(within time: Duration) async {
        await withTaskGroup { [bell] group in
            group.addTask { try? await Task.sleep(for: time) }
            group.addTask { for await _ in bell.stream { break } }
            await group.next()
            group.cancelAll()
        }
    }

    private func failed(_ failure: MCPFailure) async {
        logger.warning("The MCP server \(server.name) fails: \(failure.message)")
        let state: MCPState = if case .unauthorised = failure.kind { .unauthorised } else { .failing }
        await record { [source, server] in try await source.record(state, reason: failure.message, of: server) }
    }

    private func record(_ body: @Sendable () async throws -> Void) async {
        do {
            try await body()
        } catch {
            logger.warning("What is known of an MCP server could not be written down.", metadata: ["error": "\(error)"])
        }
    }
}

// MARK: - A connection from its beginning to its end

extension MCPLink {
    /// Returns when the link is idle or closed. Throws `MCPFailure`, also at the end of one that had worked.
    private func connect() async throws {
        let transport: any MCPTransport
        do {
            transport = try await door.open(server, source: source) { [door, logger, server] refusal in
                let refusal = door.cleaned(refusal, of: server)
                logger.warning("The network of the MCP server \(server.name) refuses: \(refusal)")
            }
        } catch {
            throw door.cleaned(error, of: server)
        }
        let session = MCPSession(transport)
        do {
            try await serve(session, transport)
            await part(session, transport)
        } catch {
            await part(session, transport)
            throw door.cleaned(error, of: server)
        }
    }

    private func part(_ session: MCPSession, _ transport: any MCPTransport) async {
        session.end(MCPFailure(.connection, "The connection to \(server.name) ended."))
        await transport.close()
    }

    private func serve(_ session: MCPSession, _ transport: any MCPTransport) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await transport.listen { session.hear($0) }
                } catch let failure as MCPFailure {
                    session.end(failure)
                    throw failure
                }
            }
            group.addTask { try await self.attend(session, transport) }
            group.addTask {
                // Looked at now and then; a closed link hears of it at once.
                repeat {
                    await self.ring(within: Self.idleTime / 10)
                } while !self.isIdle && !self.isClosed && !Task.isCancelled
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        if !isClosed, !Task.isCancelled {
            await record { [source, server] in try await source.record(.resting, reason: nil, of: server) }
        }
    }

    /// Says hello, then keeps what is offered up to date.
    private func attend(_ session: MCPSession, _ transport: any MCPTransport) async throws {
        let handshake = MCPHandshake(
            session: session,
            transport: transport,
            version: door.version,
            patience: door.patience
        )
        let began = ContinuousClock.now
        var offer = try await handshake.perform()
        let latency = ContinuousClock.now - began
        await record { [source, server, offer] in try await source.record(offer, latency: latency, of: server) }
        settle(.open(Open(session: session, offer: offer)), .success(Open(session: session, offer: offer)))
        for await event in session.events {
            if case .reply(let message) = event {
                try await session.send(message)
                continue
            }
            // Of several changes in a row the lists are read once or twice, not each time.
            try await Task.sleep(for: .milliseconds(100))
            offer = try await handshake.again(event, offer)
            await record { [source, server, offer] in try await source.record(offer, latency: latency, of: server) }
            settle(.open(Open(session: session, offer: offer)), .success(Open(session: session, offer: offer)))
        }
        // The listener knows why it is over.
        try await Task.sleep(for: .seconds(3600))
    }
}

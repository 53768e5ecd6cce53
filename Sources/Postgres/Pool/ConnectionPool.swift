import Dispatch
import Logging

/// Lends connections: opens them when needed, up to the maximum, and gives a free one to whoever waits longest.
final class ConnectionPool: Sendable {
    private typealias Waiter = CheckedContinuation<PoolGrant<Connection>, any Error>

    private let configuration: DatabaseConfiguration
    private let logger: Logger
    private let state: Locked<PoolState<Connection, Waiter>>

    init(_ configuration: DatabaseConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        state = Locked(PoolState(maximum: configuration.maximumConnections))
    }

    /// The caller owns the connection until it gives it back.
    func lend() async throws -> Connection {
        let grant =
            switch state.withLock({ $0.request() }) {
            case .granted(let grant): grant
            case .mustWait: try await wait()
            case .closed: throw DatabaseError.closed
            }
        switch grant {
        case .connection(let connection): return connection
        case .slot: return try await open()
        }
    }

    func giveBack(_ connection: Connection, health: Outcome.Health) {
        let next = state.withLock { state in
            health == .idle ? state.giveBack(connection) : state.giveUp()
        }
        if health != .idle { logger.info("a database connection was given up", metadata: ["health": "\(health)"]) }
        if let next { next.waiter.resume(returning: next.grant) }
    }

    /// Closes what is idle; what is lent out is closed when it comes back.
    func close() async {
        let (idle, waiters) = state.withLock { $0.close() }
        for waiter in waiters { waiter.resume(throwing: DatabaseError.closed) }
        for connection in idle { await connection.close() }
    }

    private func open() async throws -> Connection {
        do {
            return try await Connection.open(configuration)
        } catch {
            logger.warning("no connection to the database", metadata: ["error": "\(error)"])
            let next = state.withLock { $0.giveUp() }
            if let next { next.waiter.resume(returning: next.grant) }
            throw error
        }
    }
}

// MARK: Waiting

extension ConnectionPool {
    private func wait() async throws -> PoolGrant<Connection> {
        let ticket = state.withLock { $0.makeTicket() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue(continuation, ticket: ticket)
                // The handler may have run before there was anything to leave.
                if Task.isCancelled { leave(ticket) }
            }
        } onCancel: {
            leave(ticket)
        }
    }

    private func enqueue(_ waiter: Waiter, ticket: UInt64) {
        let deadline = ContinuousClock.now + configuration.waitLimit
        switch state.withLock({ $0.request(ticket: ticket, waiter: waiter, until: deadline) }) {
        case .granted(let grant): waiter.resume(returning: grant)
        case .closed: waiter.resume(throwing: DatabaseError.closed)
        case .mustWait: if state.withLock({ $0.startWatch() }) { look(at: deadline) }
        }
    }

    private func leave(_ ticket: UInt64) {
        state.withLock { $0.leave(ticket) }?.resume(throwing: DatabaseError.cancelled)
    }

    /// One look for all who wait: they come in the order of their deadlines.
    private func look(at deadline: ContinuousClock.Instant) {
        let delay = max(.zero, deadline - .now).milliseconds + 1
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Int(delay))) { [weak self] in
            self?.expire()
        }
    }

    private func expire() {
        let (expired, next) = state.withLock { $0.expire(at: .now) }
        if let next { look(at: next) }
        guard !expired.isEmpty else { return }
        let message = "no database connection became free within \(configuration.waitLimit)"
        logger.warning("\(message)", metadata: ["callers": "\(expired.count)"])
        for waiter in expired { waiter.resume(throwing: DatabaseError(.timeout, message)) }
    }
}

import CPostgres
import Foundation

/// One connection to the server. It works on a queue of its own and may block there; one hop does one exchange.
actor Connection {
    private let queue = SerialQueue(label: "postgres.connection")
    private let configuration: DatabaseConfiguration
    private nonisolated let canceller = Canceller()
    private var pipeline: Pipeline?
    private var transaction: OpenTransaction?
    private var lastTransaction: UInt64 = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

    static func open(_ configuration: DatabaseConfiguration) async throws(DatabaseError) -> Connection {
        let connection = Connection(configuration: configuration)
        try await connection.connect()
        return connection
    }

    private init(configuration: DatabaseConfiguration) { self.configuration = configuration }

    /// Closes the connection on its own queue.
    isolated deinit { close() }

    func close() {
        pipeline?.close()
        pipeline = nil
    }

    private func connect() throws(DatabaseError) {
        let handle = try configuration.connect()
        canceller.arm(with: handle)
        pipeline = Pipeline(handle: handle)
    }

    /// Runs the statements in one round trip; a cancelled task stops them.
    nonisolated func perform(
        _ queries: [Query],
        with settings: [SessionSetting] = [],
        in transaction: UInt64? = nil
    ) async -> Outcome {
        let token = Canceller.Token()
        return await withTaskCancellationHandler {
            await run(queries, with: settings, in: transaction, token: token)
        } onCancel: {
            canceller.cancel(token)
        }
    }

    /// Runs a script of several statements inside a transaction, by the simple protocol.
    nonisolated func perform(script: String, in transaction: UInt64) async -> Outcome {
        let token = Canceller.Token()
        return await withTaskCancellationHandler {
            await run(script, in: transaction, token: token)
        } onCancel: {
            canceller.cancel(token)
        }
    }

    private func run(
        _ queries: [Query],
        with settings: [SessionSetting],
        in number: UInt64?,
        token: Canceller.Token
    ) -> Outcome {
        run(in: number, token: token) { $0.exchange(queries, with: settings) }
    }

    private func run(_ script: String, in number: UInt64, token: Canceller.Token) -> Outcome {
        run(in: number, token: token) { $0.run(script: script) }
    }

    private func run(
        in number: UInt64?,
        token: Canceller.Token,
        _ work: (isolated Connection) -> Result<[Rows], DatabaseError>
    ) -> Outcome {
        guard transaction?.number == number else { return outcome(.failure(Self.transactionOver)) }
        guard canceller.start(token) else { return outcome(.failure(.cancelled)) }
        if transaction == nil, isStale() { return stale() }
        var result = work(self)
        if canceller.end(token), case .failure(var error) = result, error.sqlState == "57014" {
            error.code = .cancelled
            result = .failure(error)
        }
        return outcome(result)
    }

    private func run(script: String) -> Result<[Rows], DatabaseError> {
        if case .failure(let error) = exchange([]) { return .failure(error) }
        return pipeline?.run(script: script) ?? .failure(DatabaseError.connection(nil, .connectionLost))
    }

    private func exchange(_ queries: [Query], with settings: [SessionSetting] = []) -> Result<[Rows], DatabaseError> {
        guard let pipeline else { return .failure(DatabaseError.connection(nil, .connectionLost)) }
        let opening = transaction?.opening ?? []
        let lead = opening + (settings.query.map { [$0] } ?? [])
        // What opens a transaction is sent once, whatever comes of it.
        defer { transaction?.opening = [] }
        return pipeline.exchange(lead: lead, queries, mayRetry: transaction == nil)
    }
}

// MARK: Transactions

extension Connection {
    /// A transaction between its `begin` and its end. The `begin` travels with the first statement.
    private struct OpenTransaction {
        var number: UInt64
        var opening: [Query]
    }

    private static let transactionOver = DatabaseError(.closed, "the transaction is over")

    /// The number that statements of this transaction have to give; nil when the connection was found dead.
    func begin(with settings: [SessionSetting]) -> UInt64? {
        guard transaction == nil, !isStale() else {
            close()
            return nil
        }
        lastTransaction += 1
        transaction = OpenTransaction(number: lastTransaction, opening: ["begin"] + (settings.query.map { [$0] } ?? []))
        return lastTransaction
    }

    /// Not stopped by cancellation: half a commit would be known to nobody.
    func commit() -> Outcome {
        guard let current = transaction else { return outcome(.failure(Self.transactionOver)) }
        let result = current.opening.isEmpty ? exchange(["commit"]) : .success([])
        transaction = nil
        if case .success(let answers) = result, answers.first?.handle.commandTag == "ROLLBACK" {
            let message = "the transaction was rolled back, as one of its statements had failed"
            return outcome(.failure(DatabaseError(.query, message, sqlState: "25P02")))
        }
        return outcome(result)
    }

    /// Not stopped by cancellation, as it is what follows one.
    func rollback() -> Outcome {
        guard let current = transaction else { return outcome(.success([])) }
        let result = current.opening.isEmpty ? exchange(["rollback"]) : .success([])
        transaction = nil
        return outcome(result)
    }
}

// MARK: Health

extension Connection {
    private func isStale() -> Bool { pipeline?.isStale ?? true }

    private func stale() -> Outcome {
        close()
        return Outcome(result: .failure(DatabaseError.connection(nil, .unavailable)), health: .stale)
    }

    private func outcome(_ result: Result<[Rows], DatabaseError>) -> Outcome {
        guard let pipeline, !pipeline.isBroken else {
            close()
            return Outcome(result: result, health: .broken)
        }
        return Outcome(result: result, health: pipeline.isIdle && transaction == nil ? .idle : .busy)
    }
}

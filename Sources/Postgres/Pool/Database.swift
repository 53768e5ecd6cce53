package import Logging

/// The database: a pool of connections that statements and transactions are run on.
package final class Database: Sendable {
    package let configuration: DatabaseConfiguration
    private let pool: ConnectionPool
    private let listeners: Listeners
    private let logger: Logger

    /// Connects only when something is asked.
    package init(_ configuration: DatabaseConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        pool = ConnectionPool(configuration, logger: logger)
        listeners = Listeners(configuration, logger: logger)
    }

    /// Runs one statement in one round trip; the settings hold for it alone.
    @discardableResult
    package func query(_ query: Query, with settings: [SessionSetting] = []) async throws -> Rows {
        let answers = try await batch([query], with: settings)
        guard let rows = answers.first else {
            throw DatabaseError(.query, "the server did not answer", query: query.sql)
        }
        return rows
    }

    /// Runs the statements in one round trip and one transaction: all or none of them.
    @discardableResult
    package func batch(_ queries: [Query], with settings: [SessionSetting] = []) async throws -> [Rows] {
        while true {
            let connection = try await pool.lend()
            let outcome = await connection.perform(queries, with: settings)
            pool.giveBack(connection, health: outcome.health)
            // Found dead before anything was sent, as after a restart of the server: the next one may live.
            if case .stale = outcome.health { continue }
            return try outcome.result.get()
        }
    }

    /// Lends one connection for a transaction; it is committed when `body` returns and rolled back when it throws.
    ///
    /// While `body` runs, other statements of it need connections of their own: inside, use the transaction alone.
    @discardableResult
    package func transaction<Answer>(
        with settings: [SessionSetting] = [],
        _ body: (Transaction) async throws -> Answer
    ) async throws -> Answer {
        let (connection, number) = try await begin(with: settings)
        let answer: Answer
        do {
            answer = try await body(Transaction(connection: connection, number: number))
            if Task.isCancelled { throw DatabaseError.cancelled }
        } catch {
            pool.giveBack(connection, health: await connection.rollback().health)
            throw error
        }
        let outcome = await connection.commit()
        pool.giveBack(connection, health: outcome.health)
        _ = try outcome.result.get()
        return answer
    }

    /// What is sent to a channel by `notify`. An empty text means that we have begun (again) to listen and that
    /// something may have been missed: look for yourself. Ends when its reader stops or the database is closed.
    package func listen(on channel: String) -> AsyncStream<String> { listeners.listen(on: channel) }

    /// Closes all connections; those that are lent out when they come back.
    package func close() async {
        listeners.close()
        await pool.close()
    }

    private func begin(with settings: [SessionSetting]) async throws -> (Connection, UInt64) {
        while true {
            let connection = try await pool.lend()
            if let number = await connection.begin(with: settings) { return (connection, number) }
            pool.giveBack(connection, health: .stale)
        }
    }
}

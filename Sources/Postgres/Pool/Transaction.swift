/// A transaction that is open; it is of no use after the closure that it was given to.
package struct Transaction: Sendable {
    let connection: Connection
    let number: UInt64

    /// Runs one statement in one round trip.
    @discardableResult
    package func query(_ query: Query) async throws -> Rows {
        guard let rows = try await batch([query]).first else {
            throw DatabaseError(.query, "the server did not answer", query: query.sql)
        }
        return rows
    }

    /// Runs the statements in one round trip.
    @discardableResult
    package func batch(_ queries: [Query]) async throws -> [Rows] {
        try await connection.perform(queries, in: number).result.get()
    }
}

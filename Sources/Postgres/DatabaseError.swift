/// Why the database could not do what it was asked for. It never holds the bound values.
package struct DatabaseError: Error, Sendable {
    /// What kind of failure it is, for whoever has to decide what to do next.
    package enum Code: String, Sendable {
        /// There is no connection to be had: nothing was done.
        case unavailable
        /// The connection broke while a statement was under way: it may or may not have been done.
        case connectionLost
        /// All connections were lent out for too long: nothing was done.
        case timeout
        /// The task was cancelled; outside a transaction the statement was either refused before or undone.
        case cancelled
        /// The server refused or failed the statement: see `sqlState`.
        case query
        /// A column is missing, null or of another type than the one asked for.
        case decoding
        /// The configuration cannot be read.
        case configuration
        /// The migrations and the database do not fit together.
        case migration
        /// The database was closed here, or a transaction was used after its end.
        case closed
    }

    package var code: Code
    package var message: String
    /// PostgreSQL's five characters, as `23505` for a value that is taken.
    package var sqlState: String?
    /// The name of the constraint that said no.
    package var constraint: String?
    /// The text of the query, with `$1` where values stood.
    package var query: String?

    package init(
        _ code: Code,
        _ message: String,
        sqlState: String? = nil,
        constraint: String? = nil,
        query: String? = nil
    ) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
        self.constraint = constraint
        self.query = query
    }
}

extension DatabaseError: CustomStringConvertible {
    package var description: String {
        var text = "\(code.rawValue): \(message)"
        if let sqlState { text += " [\(sqlState)]" }
        if let query { text += " in: \(query)" }
        return text
    }
}

extension DatabaseError {
    static let cancelled = DatabaseError(.cancelled, "the task was cancelled")
    static let closed = DatabaseError(.closed, "the database is closed")

    static func noColumn(_ column: String) -> DatabaseError {
        DatabaseError(.decoding, "the result has no column \(column)")
    }

    static func unreadable(column: String, isNull: Bool, as type: String) -> DatabaseError {
        DatabaseError(.decoding, isNull ? "the column \(column) is null" : "the column \(column) is no \(type)")
    }
}

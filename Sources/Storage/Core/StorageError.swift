import Engine
import Postgres

/// Why the store could not do what it was asked for. What is merely not there is nil, not an error.
package struct StorageError: Error, Sendable {
    package enum Code: Sendable, Equatable {
        /// Somebody else has it already: the field that is taken.
        case conflict(String)
        /// The field that cannot be kept like this.
        case invalid(String)
        /// A value that no column can hold, of which nobody thought before: too long, too large, with a zero character.
        case unfit
        /// It is not the asker's to do.
        case forbidden
        /// The database does not answer; the same question may be asked again.
        case unavailable
        /// Too much of the kind is under way.
        case busy
        /// It is not as its changer saw it: see `Condition`.
        case changed
        /// A key, or what it sealed, is missing, weak or not ours.
        case sealing
        case failed
    }

    package var code: Code
    /// What a person may read.
    package var message: String
    package var underlying: (any Error)?

    package init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    static func conflict(_ field: String, _ message: String) -> StorageError { StorageError(.conflict(field), message) }
    static func invalid(_ field: String, _ message: String) -> StorageError { StorageError(.invalid(field), message) }
}

extension StorageError {
    init(_ error: DatabaseError) {
        switch error.code {
        case .unavailable, .connectionLost, .timeout, .closed:
            self.init(.unavailable, "The database does not answer.", underlying: error)
        case .query where error.sqlState == "23505":
            let field = Self.fields[error.constraint ?? ""] ?? "id"
            self.init(.conflict(field), Self.conflicts[field] ?? "It exists already.", underlying: error)
        case .query where error.sqlState == "ALM12":
            self.init(.changed, "It has changed since you read it. Read it again.", underlying: error)
        case .query where Self.passing.contains(String(error.sqlState?.prefix(2) ?? "")):
            self.init(.unavailable, "The database does not answer.", underlying: error)
        case .query where Self.unfit(error.sqlState ?? ""):
            self.init(
                .unfit,
                "Something in it cannot be kept: it is too long or too large, or holds a zero character.",
                underlying: error
            )
        default:
            self.init(.failed, "The database refused a statement.", underlying: error)
        }
    }

    /// Classes of faults that are not the statement's: a deadlock or a conflict of transactions, no room for a connection, memory
    /// or data, an object in use, an administrator who stops the server or ends what takes too long, a failing disk.
    private static let passing: Set<String> = ["40", "53", "55", "57", "58"]

    /// Data exceptions, and what a table's checks refuse.
    private static func unfit(_ state: String) -> Bool { state.hasPrefix("22") || state == "23514" }

    /// The field that a unique index guards.
    private static let fields = [
        "users_email_key": "email",
        "models_name_key": "name",
        "agents_own_name": "name",
        "conversations_test": "test_agent_id",
        "tool_secrets_name_key": "name",
        "mcp_servers_name_key": "name",
        "tools_own_name": "name",
        "skills_name_key": "name",
        "runs_one_active": "run",
        "runs_idempotency_key": "idempotency_key",
        "pending_messages_idempotency_key": "idempotency_key",
        "budgets_one_each": "budget",
    ]

    private static let conflicts = [
        "email": "This e-mail address has an account already.",
        "name": "This name is taken already.",
        "test_agent_id": "There is a conversation in which you try out this agent already.",
        "budget": "There is a budget on this, for this period and currency, already. Change that one.",
    ]
}

extension StorageError: JournalFailure {
    /// A statement that the database refuses for what it says is refused again.
    package var isTransient: Bool { code != .failed && code != .unfit && code != .conflict("id") }
}

extension StorageError: CustomStringConvertible {
    package var description: String {
        let cause = underlying.map { " (\($0))" } ?? ""
        return "\(code): \(message)\(cause)"
    }
}

/// What came of a loan's statements, and what the connection is good for now.
struct Outcome: Sendable {
    enum Health: Sendable {
        /// Ready for the next.
        case idle
        /// In the midst of a transaction.
        case busy
        /// Found dead before anything was sent: whoever asked may ask another connection.
        case stale
        case broken
    }

    var result: Result<[Rows], DatabaseError>
    var health: Health
}

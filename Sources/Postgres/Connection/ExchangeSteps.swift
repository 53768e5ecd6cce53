/// What one exchange has sent and will have answered in this order, and the answers so far.
struct ExchangeSteps {
    struct Step {
        var statement: Statement
        var kind: Kind
        /// The statement was made by this very exchange.
        var isNew: Bool
    }

    enum Kind { case prepare, lead, query }

    /// Statements that the server is told to forget, ahead of everything else.
    var deallocations = 0
    var all: [Step] = []
    var answers: [Rows] = []
}

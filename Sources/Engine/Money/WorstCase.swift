import Foundation

/// The most that a model call can cost, before it is made.
struct WorstCase: Sendable {
    /// Where neither agent nor model says how long an answer may be.
    static let outputTokens = 4096

    let cost: Decimal
    /// What the answer was counted with; the call has to be made with this bound.
    let outputTokens: Int

    /// `answerTokens` holds where the request says nothing.
    init(_ request: ModelRequest, answerTokens: Int, price: ModelCandidate.Price) {
        outputTokens = request.maximumTokens ?? answerTokens
        let input = Decimal(request.estimatedTokens) * max(price.input, price.cached ?? 0)
        var exact = (input + Decimal(outputTokens) * price.output) / 1_000_000
        var rounded = Decimal()
        NSDecimalRound(&rounded, &exact, 6, .up)
        cost = rounded
    }
}

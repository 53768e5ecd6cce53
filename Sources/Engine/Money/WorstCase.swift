import Foundation

/// The most that a model call can cost, before it is made.
struct WorstCase: Sendable {
    /// Where neither agent nor model says how long an answer may be.
    static let outputTokens = 4096

    let cost: Decimal
    /// What the answer was counted with; the call has to be made with this bound.
    let outputTokens: Int
    private let currency: String

    /// nil when it costs nothing.
    init?(_ fitted: FittedRequest, by candidate: ModelCandidate) {
        guard let price = candidate.price else { return nil }
        outputTokens = fitted.request.maximumTokens ?? fitted.answerTokens
        currency = price.currency
        let input = Decimal(fitted.request.estimatedTokens) * max(price.input, price.cached ?? 0)
        var exact = (input + Decimal(outputTokens) * price.output) / 1_000_000
        var rounded = Decimal()
        NSDecimalRound(&rounded, &exact, 6, .up)
        guard rounded > 0 else { return nil }
        cost = rounded
    }

    func reservation(of call: UUID, by holder: CallHolder) -> BudgetReservation {
        BudgetReservation(holder: holder, call: call, cost: cost, currency: currency)
    }
}

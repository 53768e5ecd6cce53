import Foundation
import Storage

/// Everything that was used in a period, added up; of money each currency for itself.
struct UsageTotal: Sendable, Equatable {
    var calls = 0
    var failedCalls = 0
    var inputTokens = 0
    var outputTokens = 0
    var cachedTokens = 0
    var costs: [String: Decimal] = [:]

    init(_ sums: [UsageSum]) {
        for sum in sums {
            calls += sum.calls
            failedCalls += sum.failedCalls
            inputTokens += sum.inputTokens
            outputTokens += sum.outputTokens
            cachedTokens += sum.cachedTokens
            if let currency = sum.currency { costs[currency, default: 0] += sum.cost }
        }
    }
}

/// What the height of a bar is.
enum UsageMeasure: String, Sendable, CaseIterable {
    case cost, tokens, calls

    func value(_ sum: UsageSum) -> Decimal {
        switch self {
        case .cost: sum.cost
        case .tokens: Decimal(sum.inputTokens + sum.outputTokens)
        case .calls: Decimal(sum.calls)
        }
    }
}

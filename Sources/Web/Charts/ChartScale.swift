import Foundation

/// Where the rules of a chart lie: even steps from nought to a round number that nothing drawn is above.
struct ChartScale: Sendable, Equatable {
    /// From nought up, at most five; only nought where there is nothing to measure.
    let rules: [Decimal]

    /// `isWhole`: what is counted has no halves.
    init(most: Decimal, isWhole: Bool = false) {
        guard most > 0 else {
            rules = [0]
            return
        }
        let step = ChartScale.step(most, isWhole: isWhole)
        var rules: [Decimal] = [0]
        while let last = rules.last, last < most { rules.append(last + step) }
        self.rules = rules
    }

    var top: Decimal { rules.last ?? 0 }

    /// How much of the height `value` takes, from 0 to 1.
    func share(_ value: Decimal) -> Double {
        guard top > 0, value > 0 else { return 0 }
        return min(1, NSDecimalNumber(decimal: value / top).doubleValue)
    }

    /// The least of 1, 2, 2.5 and 5 times a power of ten that reaches `most` in four steps.
    private static func step(_ most: Decimal, isWhole: Bool) -> Decimal {
        let quarter = most / 4
        // Decimal's exponent and digits say the size without a logarithm, whose rounding would miss exact powers.
        var power = Decimal(sign: .plus, exponent: quarter.exponent, significand: 1)
        while power * 10 <= quarter { power *= 10 }
        if isWhole, power < 1 { return 1 }
        let steps: [Decimal] = isWhole && power < 10 ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10]
        return steps.map { $0 * power }.first { $0 >= quarter } ?? power * 10
    }
}

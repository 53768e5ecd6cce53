import Foundation

/// The time of a score: from its run's beginning to a round moment after its end.
struct ScoreAxis: Sendable {
    let start: Date
    /// Seconds.
    let length: Double
    let ticks: [Tick]

    struct Tick: Sendable {
        let x: String
        let label: String
        let anchor: String
        /// The first and the last carry letters but no line.
        let hasLine: Bool
    }

    private static let parts = 4
    /// Seconds between two marks, as people count.
    private static let steps: [Double] = [
        0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200,
        86_400,
    ]

    init(from start: Date, to end: Date, voice: Voice) {
        let seconds = max(0, end.timeIntervalSince(start))
        let step =
            Self.steps.first { $0 * Double(Self.parts) >= seconds }
            ?? (seconds / Double(Self.parts) / 86_400).rounded(.up) * 86_400
        self.start = start
        length = step * Double(Self.parts)
        let unit = Self.unit(of: step)
        ticks = (0...Self.parts).map { place in
            let isEnd = place == 0 || place == Self.parts
            let number = Self.number(Double(place) * step / unit.seconds)
            return Tick(
                x: Self.percent(Double(place) * 100 / Double(Self.parts)),
                label: isEnd ? voice.words(unit.key, ["n": number]) : number,
                anchor: place == 0 ? "start" : place == Self.parts ? "end" : "middle",
                hasLine: !isEnd
            )
        }
    }

    /// Where a moment stands, 0…100.
    func place(of moment: Date) -> Double {
        min(100, max(0, moment.timeIntervalSince(start) / length * 100))
    }

    static func percent(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)%"
    }

    private static func unit(of step: Double) -> (seconds: Double, key: String) {
        switch step {
        case ..<60: (1, "quantity.seconds")
        case ..<3600: (60, "quantity.wholeMinutes")
        case ..<86_400: (3600, "quantity.hours")
        default: (86_400, "quantity.days")
        }
    }

    /// At most two decimals, none for whole numbers.
    private static func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        guard hundredths % 100 != 0 else { return String(hundredths / 100) }
        let fraction = hundredths % 100
        return "\(hundredths / 100)."
            + (fraction % 10 == 0 ? "\(fraction / 10)" : fraction < 10 ? "0\(fraction)" : "\(fraction)")
    }
}

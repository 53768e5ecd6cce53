import Foundation

/// A small line without axes: how something went lately.
struct Sparkline: Sendable, Equatable {
    /// What one sees, for those who do not.
    let label: String
    /// Paths in a square of 100 by 32 that is stretched to the place it has.
    let line: String
    let area: String

    /// nil where there is nothing to draw.
    init?(_ values: [Decimal], label: String) {
        guard !values.isEmpty else { return nil }
        self.label = label
        let most = values.max() ?? 0
        let heights = values.map { value in
            most > 0 ? 31 - 30 * NSDecimalNumber(decimal: max(0, value) / most).doubleValue : 31
        }
        // One value is a level line.
        let places = heights.count > 1 ? heights : heights + heights
        let step = 100 / Double(places.count - 1)
        let points = places.enumerated().map { index, y in
            "\(SVGLength.pixels(step * Double(index))) \(SVGLength.pixels(y))"
        }
        line = "M" + points.joined(separator: "L")
        area = line + "L100 32L0 32Z"
    }
}

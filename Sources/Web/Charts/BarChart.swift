import Foundation

/// Bars side by side, each of one part or of several on top of each other, as an SVG that the server draws: lengths along
/// the page in per cent and letters in pixels, so that it fits any width and its words never shrink.
struct BarChart: Sendable {
    /// One bar: what it stands for, in full and short, and a number for each series.
    struct Bar: Sendable {
        var name: String
        /// Below the axis; nil where there is no room.
        var label: String?
        var values: [Decimal]
    }

    /// More series than colours are the reader's to lose: the caller adds the small ones up.
    static let colours = 5

    struct Rule: Sendable, Equatable {
        let y: String
        /// Where its number stands.
        let textY: String
        let text: String
        let isBase: Bool
    }

    struct Part: Sendable, Equatable {
        let kind: String
        let x: String
        let y: String
        let width: String
        let height: String
    }

    struct Drawn: Sendable, Equatable {
        let title: String
        let parts: [Part]
        let label: Label?
    }

    struct Label: Sendable, Equatable {
        let x: String
        let text: String
        /// Left out where there is little room.
        let isFine: Bool
    }

    struct Key: Sendable, Equatable {
        let kind: String
        let name: String
    }

    struct Row: Sendable {
        let name: String
        let cells: [String]
    }

    /// Tells this chart from others of the page.
    let id: String
    let title: String
    /// What one sees, for those who do not.
    let description: String
    let rules: [Rule]
    let bars: [Drawn]
    /// The series in the order of the stack; none where there is one.
    let keys: [Key]
    let hasKeys: Bool
    /// The same numbers: its columns, and a row for each bar, the last first.
    let firstColumn: String
    let columns: [String]
    let rows: [Row]

    private static let (base, height) = (220.0, 210.0)

    /// `said` writes a number as people read it; `axis` the same on a rule.
    init(
        id: String,
        title: String,
        description: String,
        series: [String],
        bars: [Bar],
        isWhole: Bool = false,
        firstColumn: String,
        sumColumn: String,
        said: (Decimal) -> String,
        axis: (Decimal) -> String
    ) {
        self.id = id
        self.title = title
        self.description = description
        let sums = bars.map { $0.values.reduce(0) { $0 + max(0, $1) } }
        let scale = ChartScale(most: sums.max() ?? 0, isWhole: isWhole)
        rules = scale.rules.map { rule in
            let y = BarChart.base - BarChart.height * scale.share(rule)
            return Rule(y: SVGLength.pixels(y), textY: SVGLength.pixels(y + 4), text: axis(rule), isBase: rule == 0)
        }
        let slots = ChartSlots(count: bars.count)
        let labelled = bars.indices.filter { bars[$0].label != nil }
        let fine = Set(labelled.enumerated().filter { $0.offset % 2 == 1 }.map(\.element))
        self.bars = zip(bars, sums).enumerated().map { index, bar in
            Drawn(
                title: "\(bar.0.name): \(said(bar.1))",
                parts: BarChart.parts(bar.0.values, scale, slots, at: index),
                label: bar.0.label.map { Label(x: slots.middle(of: index), text: $0, isFine: fine.contains(index)) }
            )
        }
        keys = series.count < 2 ? [] : series.enumerated().map { Key(kind: BarChart.kind($0), name: $1) }
        hasKeys = !keys.isEmpty
        self.firstColumn = firstColumn
        columns = series + (series.count < 2 ? [] : [sumColumn])
        rows = zip(bars, sums).reversed().map { bar, sum in
            Row(name: bar.name, cells: bar.values.map(said) + (series.count < 2 ? [] : [said(sum)]))
        }
    }

    /// The class that colours the series at `index`.
    static func kind(_ index: Int) -> String { "c\(min(index, colours - 1) + 1)" }

    /// From below upwards, a pixel of ground under each; a part that would be too low to be seen is half a pixel high.
    private static func parts(_ values: [Decimal], _ scale: ChartScale, _ slots: ChartSlots, at index: Int) -> [Part] {
        var below: Decimal = 0
        return values.enumerated().compactMap { place, value in
            guard value > 0 else { return nil }
            let foot = scale.share(below)
            below += value
            let top = scale.share(below)
            return Part(
                kind: kind(place),
                x: slots.start(of: index),
                y: SVGLength.pixels(base - height * top),
                width: slots.width,
                height: SVGLength.pixels(max(0.5, height * (top - foot) - 1))
            )
        }
    }
}

/// Where bars stand along the axis: each in the middle of an even share of it, never wider than a few would look well.
struct ChartSlots: Sendable {
    private let slot: Double
    private let bar: Double

    init(count: Int) {
        slot = 100 / Double(max(1, count))
        bar = min(slot * 0.68, 8)
    }

    var width: String { SVGLength.percent(bar) }

    func start(of index: Int) -> String { SVGLength.percent(slot * Double(index) + (slot - bar) / 2) }

    func middle(of index: Int) -> String { SVGLength.percent(slot * (Double(index) + 0.5)) }
}

import Foundation
import Storage

/// The pictures of a period: bars over time, stacked by model, agent, person or organisation. One for each currency, as there is
/// no rate by which to add them up.
struct UsageCharts {
    let period: UsagePeriod
    let series: UsageGrouping
    let measure: UsageMeasure
    let voice: Voice

    /// What a series is called in the reader's language, by its key.
    let name: (UsageSum) -> String

    func charts(_ points: [UsagePoint]) -> [BarChart] {
        guard measure == .cost else { return points.isEmpty ? [] : [chart(points, currency: nil)] }
        let currencies = Set(points.compactMap(\.sum.currency)).sorted()
        return currencies.map { currency in
            chart(points.filter { $0.sum.currency == currency }, currency: currency)
        }
    }

    /// The class of each series' colour, by key, as the pictures have them.
    func kinds(_ points: [UsagePoint]) -> [String: String] {
        let keys = ranked(points).prefix(BarChart.colours - 1)
        return Dictionary(keys.enumerated().map { ($1, BarChart.kind($0)) }) { first, _ in first }
    }

    private func chart(_ points: [UsagePoint], currency: String?) -> BarChart {
        let words = voice.words
        let ranking = ranked(points)
        let shown = ranking.count > BarChart.colours ? Array(ranking.prefix(BarChart.colours - 1)) : ranking
        let rest = ranking.count - shown.count
        let names = Dictionary(points.map { ($0.sum.key, name($0.sum)) }) { first, _ in first }
        let steps = period.steps(holding: points.map(\.step))
        let byStep = Dictionary(grouping: points, by: \.step)
        let bars = zip(steps, period.names(of: steps, voice: voice)).map { date, name in
            let values = Dictionary(grouping: byStep[date.utcDay] ?? [], by: \.sum.key)
                .mapValues { $0.reduce(Decimal(0)) { $0 + measure.value($1.sum) } }
            let others = values.filter { !shown.contains($0.key) }.values.reduce(0, +)
            return BarChart.Bar(
                name: name.name,
                label: name.label,
                values: shown.map { values[$0] ?? 0 } + (rest > 0 ? [others] : [])
            )
        }
        let title = words("usage.over.\(measure.rawValue).\(period.step.rawValue)", ["currency": currency ?? ""])
        return BarChart(
            id: "chart-" + (currency.map { $0.filter { $0.isASCII && $0.isLetter } } ?? measure.rawValue),
            title: title.trimmingCharacters(in: .whitespaces),
            description: description(points, names: names, top: ranking.first, currency: currency),
            series: shown.map { names[$0] ?? $0 } + (rest > 0 ? [words.count("usage.others", rest)] : []),
            bars: bars,
            isWhole: measure != .cost,
            firstColumn: words["usage.step.\(period.step.rawValue)"],
            sumColumn: words["usage.sum"],
            said: { said($0, currency) },
            axis: { axis($0, currency) }
        )
    }

    /// The largest first, over the whole period.
    private func ranked(_ points: [UsagePoint]) -> [String] {
        let sums = Dictionary(grouping: points, by: \.sum.key)
            .mapValues { $0.reduce(Decimal(0)) { $0 + measure.value($1.sum) } }
        return sums.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }.map(\.key)
    }

    /// The sum, the highest step and the largest part.
    private func description(
        _ points: [UsagePoint],
        names: [String: String],
        top: String?,
        currency: String?
    ) -> String {
        func sum(_ points: [UsagePoint]) -> Decimal { points.reduce(0) { $0 + measure.value($1.sum) } }
        let byStep = Dictionary(grouping: points, by: \.step).mapValues(sum)
        let highest = byStep.max { $0.value == $1.value ? $0.key > $1.key : $0.value < $1.value }
        let all = sum(points)
        let part = sum(points.filter { $0.sum.key == top })
        return voice.words(
            "usage.seen",
            [
                "sum": said(all, currency),
                "day": highest.flatMap { Date(utcDay: $0.key) }.map { period.name(of: $0, voice: voice) } ?? "",
                "most": said(highest?.value ?? 0, currency),
                "name": top.flatMap { names[$0] } ?? "",
                "share": SVGLength.percent(part, of: all),
            ]
        )
    }

    private func said(_ value: Decimal, _ currency: String?) -> String {
        currency.map { voice.money(value, currency: $0) } ?? voice.tokens(NSDecimalNumber(decimal: value).intValue)
    }

    /// A rule's number has as many decimals as it needs.
    private func axis(_ value: Decimal, _ currency: String?) -> String {
        guard let currency else { return said(value, nil) }
        return voice.round(value, currency: currency)
    }
}

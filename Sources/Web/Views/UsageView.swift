import Engine
import Foundation
import Storage

/// What model calls have cost: the sums, and a row with a bar for each day, model, agent or person.
struct UsageView: View {
    static let template = "usage"

    let page: Frame
    let lead: String
    let from: Field
    let to: Field
    let grouping: Select
    let download: String
    let facts: [Fact]
    let column: String
    let rows: [Row]
    let hasRows: Bool

    struct Row: Sendable {
        let name: String
        /// Percent of the longest, as an SVG length.
        let width: String
        let cost: String
        let tokens: String
        let calls: String
    }

    init(page: Frame, question: UsageQuestion, sums: [UsageSum], isWhole: Bool, voice: Voice) {
        let words = voice.words
        self.page = page
        lead = words[isWhole ? "usage.leadWhole" : "usage.leadOwn"]
        from = Field("from", label: words["usage.from"], type: "date", value: question.from)
        to = Field("to", label: words["usage.to"], type: "date", value: question.to)
        let groupings = UsageGrouping.allCases.filter { isWhole || $0 != .user }
        grouping = Select(
            "group_by",
            label: words["usage.groupBy"],
            options: groupings.map {
                Option(value: $0.rawValue, label: words["usage.by.\($0.rawValue)"], isChosen: $0 == question.grouping)
            }
        )
        download = "/usage/export?group_by=\(question.grouping.rawValue)&from=\(question.from)&to=\(question.to)"
        column = words["usage.by.\(question.grouping.rawValue)"]
        facts = UsageView.facts(sums, voice: voice)
        rows = UsageView.rows(sums, question.grouping, voice: voice)
        hasRows = !sums.isEmpty
    }

    private static func facts(_ sums: [UsageSum], voice: Voice) -> [Fact] {
        let words = voice.words
        let costs = Dictionary(grouping: sums.filter { $0.currency != nil }) { $0.currency ?? "" }
            .mapValues { $0.reduce(Decimal(0)) { $0 + $1.cost } }
        let (input, output) = (sums.reduce(0) { $0 + $1.inputTokens }, sums.reduce(0) { $0 + $1.outputTokens })
        let cached = sums.reduce(0) { $0 + $1.cachedTokens }
        return [
            Fact(name: words["usage.cost"], value: voice.money(costs) ?? words["usage.noPrice"]),
            Fact(name: words["usage.calls"], value: sums.reduce(0) { $0 + $1.calls }.grouped),
            Fact(name: words["usage.failed"], value: sums.reduce(0) { $0 + $1.failedCalls }.grouped),
            Fact(name: words["usage.tokensIn"], value: voice.tokens(input)),
            Fact(name: words["usage.tokensOut"], value: voice.tokens(output)),
            Fact(name: words["usage.cached"], value: input == 0 ? "0%" : "\(cached * 100 / input)%"),
        ]
    }

    /// Bars show money where there is any, else tokens; amounts of two currencies are not compared.
    private static func rows(_ sums: [UsageSum], _ grouping: UsageGrouping, voice: Voice) -> [Row] {
        func size(_ sum: UsageSum) -> Decimal {
            sum.currency == nil ? Decimal(sum.inputTokens + sum.outputTokens) : sum.cost
        }
        let longest = Dictionary(grouping: sums) { $0.currency }.mapValues { $0.map(size).max() ?? 0 }
        return (grouping == .day ? sums.reversed() : sums).map { sum in
            let most = longest[sum.currency] ?? 0
            return Row(
                name: sum.name,
                width: SVGLength.percent(size(sum), of: most),
                cost: sum.currency.map { voice.money(sum.cost, currency: $0) } ?? voice.words["usage.noPrice"],
                tokens: voice.words(
                    "quantity.inOut",
                    ["in": voice.tokens(sum.inputTokens), "out": voice.tokens(sum.outputTokens)]
                ),
                calls: sum.calls.grouped
            )
        }
    }
}

/// Lengths of drawn bars.
enum SVGLength {
    /// `part` of `whole` as `43.2%`, never more than all of it.
    static func percent(_ part: Decimal, of whole: Decimal) -> String {
        guard whole > 0, part > 0 else { return "0%" }
        var (exact, rounded) = (min(part / whole, 1) * 100, Decimal())
        NSDecimalRound(&rounded, &exact, 2, .plain)
        return "\(rounded)%"
    }
}

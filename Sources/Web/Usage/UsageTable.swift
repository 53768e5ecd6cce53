import Foundation
import Storage

/// What each model, agent, person or day has used, with a bar that compares them.
struct UsageTable: Sendable {
    let grouping: UsageGrouping
    let title: String
    let column: String
    let download: String
    let rows: [Row]

    struct Row: Sendable {
        let name: String
        /// Narrows the page down to this one.
        let address: String?
        /// The class of the bar's colour.
        let kind: String
        /// Per cent of the longest, as an SVG length.
        let width: String
        let cost: String
        let tokens: String
        let calls: String
    }

    /// Beyond these only the table as a file has them.
    private static let limit = 400

    init(
        _ grouping: UsageGrouping,
        _ sums: [UsageSum],
        _ choice: UsageChoice,
        kinds: [String: String],
        _ names: UsageNames,
        _ voice: Voice
    ) {
        self.grouping = grouping
        title = voice.words["usage.table.\(grouping.rawValue)"]
        column = voice.words["usage.by.\(grouping.rawValue)"]
        download = choice.download(grouping)
        let longest = Dictionary(grouping: sums) { $0.currency }.mapValues { $0.map(UsageTable.size).max() ?? 0 }
        rows = (grouping == .day ? sums.reversed() : sums).prefix(UsageTable.limit).map { sum in
            Row(
                name: grouping == .day ? Date(utcDay: sum.key).map(voice.day) ?? sum.name : names.name(sum),
                address: choice.narrowed(to: sum, grouping)?.address,
                kind: kinds[sum.key] ?? (kinds.isEmpty ? "c1" : BarChart.kind(BarChart.colours)),
                width: SVGLength.percent(UsageTable.size(sum), of: longest[sum.currency] ?? 0),
                cost: sum.currency.map { voice.money(sum.cost, currency: $0) } ?? voice.words["usage.noPrice"],
                tokens: voice.words(
                    "quantity.inOut",
                    ["in": voice.tokens(sum.inputTokens), "out": voice.tokens(sum.outputTokens)]
                ),
                calls: sum.calls.grouped
            )
        }
    }

    /// Bars show money where there is any, else tokens; amounts of two currencies are not compared.
    private static func size(_ sum: UsageSum) -> Decimal {
        sum.currency == nil ? UsageMeasure.tokens.value(sum) : sum.cost
    }
}

extension UsageChoice {
    /// The same of this one alone; nil when it is that already.
    func narrowed(to sum: UsageSum, _ grouping: UsageGrouping) -> UsageChoice? {
        let id = UUID(uuidString: sum.key)
        let other = with { choice in
            switch grouping {
            case .day: (choice.question.from, choice.question.to) = (sum.key, sum.key)
            case .model: choice.question.model = sum.key
            case .agent: choice.question.agent = id
            case .user: choice.question.user = id
            case .key: choice.question.key = id
            case .organization: choice.question.organisation = id
            }
        }
        return other.question == question ? nil : other
    }
}

import Engine
import Foundation
import Storage

/// What model calls have cost: the sums, a picture of it over time, and a row with a bar for each model, agent, person and day.
struct UsageView: View {
    static let template = "usage"

    let page: Frame
    let lead: String
    let isWhole: Bool
    let path: String
    let from: Field
    let to: Field
    /// What else is chosen, for the form to carry along.
    let hidden: [Hidden]
    let periods: [Segment]
    let scopes: [Segment]
    let hasScopes: Bool
    let series: [Segment]
    let measures: [Segment]
    /// What the calls are narrowed down to, each with the way back.
    let filters: [Segment]
    let download: String
    let facts: [Fact]
    let charts: [BarChart]
    let tables: [UsageTable]
    let days: UsageTable?
    let hasCalls: Bool
    /// Said where there is nothing to draw.
    let noPicture: String?

    struct Hidden: Sendable {
        let name: String
        let value: String
    }

    init(page: Frame, choice: UsageChoice, data: UsageData, voice: Voice) {
        let (words, question) = (voice.words, choice.question)
        self.page = page
        isWhole = choice.isWhole
        path = choice.path
        let isOwn = !data.leads || question.scope == .own
        lead = words[isWhole ? "usage.leadAll" : isOwn ? "usage.leadOwn" : "usage.leadWhole"]
        from = Field("from", label: words["usage.from"], type: "date", value: question.from)
        to = Field("to", label: words["usage.to"], type: "date", value: question.to)
        hidden = choice.others.map { Hidden(name: $0, value: $1) }
        periods = UsageView.periods(choice, voice: voice)
        scopes =
            isWhole || !data.leads
            ? []
            : [UsageScope.organization, .own].map { scope in
                Segment(
                    name: words["usage.scope.\(scope.rawValue)"],
                    address: choice.with { $0.question.scope = scope }.address,
                    isCurrent: scope == question.scope
                )
            }
        hasScopes = !scopes.isEmpty
        series = UsageGrouping.shown(leads: data.leads, isWhole: isWhole).filter { $0 != .day }.map { one in
            Segment(
                name: words["usage.by.\(one.rawValue)"],
                address: choice.with { $0.series = one }.address,
                isCurrent: one == choice.series
            )
        }
        measures = UsageMeasure.allCases.map { one in
            Segment(
                name: words["usage.\(one.rawValue)"],
                address: choice.with { $0.measure = one }.address,
                isCurrent: one == choice.measure
            )
        }
        let names = UsageNames(voice: voice)
        filters = UsageView.filters(choice, data, names, voice: voice)
        download = choice.download(nil)
        facts = UsageView.facts(data, choice, voice: voice)
        let pictures = UsagePeriod(question).map {
            UsageCharts(period: $0, series: choice.series, measure: choice.measure, voice: voice, name: names.name)
        }
        charts = pictures?.charts(data.points) ?? []
        let kinds = pictures?.kinds(data.points) ?? [:]
        let all = data.tables.map {
            UsageTable($0.grouping, $0.sums, choice, kinds: $0.grouping == choice.series ? kinds : [:], names, voice)
        }
        tables = all.filter { $0.grouping != .day }
        days = all.first { $0.grouping == .day }
        hasCalls = data.total.calls > 0
        noPicture = charts.isEmpty && hasCalls ? words["usage.noPicture"] : nil
    }

    /// The last days, by how many they are.
    private static func periods(_ choice: UsageChoice, voice: Voice) -> [Segment] {
        let today = voice.now.utcDay
        return [7, 30, 90, 365].map { days in
            let from = voice.now.addingTimeInterval(-86_400 * Double(days - 1)).utcDay
            let other = choice.with { ($0.question.from, $0.question.to) = (from, today) }
            return Segment(
                name: voice.words("quantity.days", ["n": String(days)]),
                address: other.address,
                isCurrent: choice.question.from == from && choice.question.to == today
            )
        }
    }

    private static func filters(
        _ choice: UsageChoice,
        _ data: UsageData,
        _ names: UsageNames,
        voice: Voice
    ) -> [Segment] {
        func name(_ id: UUID, _ grouping: UsageGrouping) -> String {
            let sums = data.tables.first { $0.grouping == grouping }?.sums ?? []
            return sums.first { $0.key == id.text }.map(names.name) ?? voice.words["usage.by.\(grouping.rawValue)"]
        }
        let question = choice.question
        return [
            question.model.map { ($0, choice.with { $0.question.model = nil }) },
            question.agent.map { (name($0, .agent), choice.with { $0.question.agent = nil }) },
            question.user.map { (name($0, .user), choice.with { $0.question.user = nil }) },
            question.key.map { (name($0, .key), choice.with { $0.question.key = nil }) },
            question.organisation.map { (name($0, .organization), choice.with { $0.question.organisation = nil }) },
        ].compactMap { $0 }.map { Segment(name: $0.0, address: $0.1.address, isCurrent: true) }
    }

    private static func facts(_ data: UsageData, _ choice: UsageChoice, voice: Voice) -> [Fact] {
        let (words, total) = (voice.words, data.total)
        let days = UsagePeriod(choice.question)?.days ?? 0
        return [
            Fact(name: words["usage.cost"], value: voice.money(total.costs) ?? words["usage.noPrice"]),
            Fact(name: words.count("usage.change", days), value: voice.change(total, since: data.before)),
            Fact(name: words["agents.runs"], value: data.runs.grouped),
            Fact(name: words["usage.calls"], value: total.calls.grouped),
            Fact(
                name: words["usage.failed"],
                value: SVGLength.percent(Decimal(total.failedCalls), of: Decimal(total.calls))
            ),
            Fact(name: words["usage.tokensIn"], value: voice.tokens(total.inputTokens)),
            Fact(name: words["usage.tokensOut"], value: voice.tokens(total.outputTokens)),
            Fact(
                name: words["usage.cached"],
                value: total.inputTokens == 0 ? "0%" : "\(total.cachedTokens * 100 / total.inputTokens)%"
            ),
        ]
    }
}

/// One of a few choices side by side, as a link.
struct Segment: Sendable {
    let name: String
    let address: String
    let isCurrent: Bool
}

extension Voice {
    /// How the cost differs from the one before, each currency for itself; where nothing has a price, the calls.
    func change(_ total: UsageTotal, since before: UsageTotal) -> String {
        let currencies = Set(total.costs.keys).union(before.costs.keys).sorted()
        guard !currencies.isEmpty else { return change(Decimal(total.calls), since: Decimal(before.calls)) }
        return currencies.map { currency in
            let change = change(total.costs[currency] ?? 0, since: before.costs[currency] ?? 0)
            return currencies.count == 1 ? change : currency + " " + change
        }.joined(separator: ", ")
    }

    private func change(_ now: Decimal, since before: Decimal) -> String {
        guard before > 0 else { return now > 0 ? words["usage.new"] : "0%" }
        var (exact, rounded) = ((now - before) / before * 100, Decimal())
        NSDecimalRound(&rounded, &exact, abs(exact) < 100 ? 1 : 0, .plain)
        return (rounded > 0 ? "+" : rounded < 0 ? "\u{2212}" : "") + "\(abs(rounded))%"
    }
}

/// What the keys of sums are called.
struct UsageNames: Sendable {
    let voice: Voice

    func name(_ sum: UsageSum) -> String {
        if sum.key == UsageSum.noKey { return voice.words["usage.noKey"] }
        let key = sum.systemName.map { "agents.name.\($0)" } ?? ""
        return voice.words.has(key) ? voice.words[key] : sum.name
    }
}

import Foundation
import Storage
import Testing

@testable import Web

/// From what was used to what is drawn.
@Suite struct UsageChartTests {
    private func point(_ step: String, _ key: String, _ cost: Decimal, _ currency: String?) -> UsagePoint {
        UsagePoint(
            step: step,
            sum: UsageSum(
                key: key,
                name: "<\(key)>",
                calls: 2,
                failedCalls: 1,
                runs: 1,
                inputTokens: 10,
                outputTokens: 5,
                cachedTokens: 0,
                cost: cost,
                currency: currency
            )
        )
    }

    private func charts(
        _ points: [UsagePoint],
        from: String = "2026-11-01",
        to: String = "2026-11-03",
        measure: UsageMeasure = .cost
    ) throws -> [BarChart] {
        let question = UsageQuestion(grouping: .model, from: from, to: to)
        let period = try #require(UsagePeriod(question))
        let voice = try Fixtures.voice()
        return UsageCharts(period: period, series: .model, measure: measure, voice: voice, name: \.name).charts(points)
    }

    @Test func currenciesAreNeverAddedUp() throws {
        let points = [
            point("2026-11-01", "a", 3, "USD"), point("2026-11-01", "a", 40, "CNY"), point("2026-11-03", "b", 1, "USD"),
            point("2026-11-02", "c", 0, nil),
        ]
        let drawn = try charts(points)
        #expect(drawn.map(\.title) == ["Cost a day, CNY", "Cost a day, USD"])
        #expect(drawn[0].bars.map(\.title) == ["1 Nov 2026: ¥40.00", "2 Nov 2026: ¥0.00", "3 Nov 2026: ¥0.00"])
        #expect(drawn[1].bars.map(\.title) == ["1 Nov 2026: $3.00", "2 Nov 2026: $0.00", "3 Nov 2026: $1.00"])
        #expect(drawn[1].keys.map(\.name) == ["<a>", "<b>"] && drawn[1].rows[0].cells == ["$0.00", "$1.00", "$1.00"])
        #expect(drawn[1].description.contains("In all $4.00") && drawn[1].description.contains("<a> has 75%"))
        let calls = try charts(points, measure: .calls)
        #expect(calls.count == 1 && calls[0].bars.map(\.title) == ["1 Nov 2026: 4", "2 Nov 2026: 2", "3 Nov 2026: 2"])
        #expect(try charts([point("2026-11-02", "c", 0, nil)]).isEmpty)
    }

    @Test func theSmallOnesAreOneSeries() throws {
        let points = (0..<7).map { point("2026-11-02", "m\($0)", Decimal(10 - $0), "EUR") }
        let chart = try #require(try charts(points).first)
        #expect(chart.keys.map(\.name) == ["<m0>", "<m1>", "<m2>", "<m3>", "3 others"])
        #expect(chart.rows[1].cells == ["€10.00", "€9.00", "€8.00", "€7.00", "€15.00", "€49.00"])
    }

    @Test func longPeriodsHaveLongSteps() throws {
        func period(_ from: String, _ to: String) throws -> UsagePeriod {
            try #require(UsagePeriod(UsageQuestion(grouping: .day, from: from, to: to)))
        }
        let month = try period("2026-02-01", "2026-02-28")
        #expect(month.step == .day && month.days == 28 && month.steps(holding: []).count == 28)
        #expect(month.before.from == "2026-01-04" && month.before.to == "2026-01-31")
        let year = try period("2025-11-22", "2026-11-21")
        // Weeks begin on Mondays, as in the database.
        #expect(year.step == .week && year.steps(holding: []).first?.utcDay == "2025-11-17")
        #expect(year.steps(holding: []).count == 53)
        let ages = try period("1970-01-01", "2999-12-31")
        #expect(ages.step == .month && ages.steps(holding: []).isEmpty)
        #expect(
            ages.steps(holding: ["2026-01-01", "2025-11-01"]).map(\.utcDay) == [
                "2025-11-01", "2025-12-01", "2026-01-01",
            ]
        )
        let names = month.names(of: month.steps(holding: []), voice: try Fixtures.voice())
        #expect(names.compactMap(\.label) == ["1 Feb 2026", "4", "7", "10", "13", "16", "19", "22", "25", "28"])
    }

    @Test func theChangeIsEachCurrencysOwn() throws {
        let voice = try Fixtures.voice()
        func total(_ costs: [String: Decimal], calls: Int = 1) -> UsageTotal {
            var total = UsageTotal([])
            (total.costs, total.calls) = (costs, calls)
            return total
        }
        #expect(voice.change(total(["USD": 54.1]), since: total(["USD": 50])) == "+8.2%")
        #expect(voice.change(total(["USD": 20, "CNY": 3]), since: total(["USD": 50])) == "CNY new, USD \u{2212}60%")
        #expect(voice.change(total([:], calls: 30), since: total([:], calls: 10)) == "+200%")
        #expect(voice.change(total([:], calls: 0), since: total([:], calls: 0)) == "0%")
    }
}

import Foundation
import Testing

@testable import Web

/// Where rules, bars and lines lie.
@Suite struct ChartTests {
    private func chart(_ values: [[Decimal]], isWhole: Bool = false) -> BarChart {
        BarChart(
            id: "c",
            title: "Cost",
            description: "What one sees",
            series: values.first.map { $0.indices.map { "s\($0)" } } ?? [],
            bars: values.enumerated().map { .init(name: "day \($0)", label: $0 == 0 ? "first" : nil, values: $1) },
            isWhole: isWhole,
            firstColumn: "Day",
            sumColumn: "Sum",
            said: { "\($0) EUR" },
            axis: { "\($0)" }
        )
    }

    private func number(_ text: String) throws -> Double { try #require(Double(text.replacing("%", with: ""))) }

    @Test(
        arguments: [
            ("0", ["0"]), ("-3", ["0"]), ("1", ["0", "0.25", "0.5", "0.75", "1"]),
            ("80", ["0", "20", "40", "60", "80"]),
            ("81", ["0", "25", "50", "75", "100"]), ("69.57", ["0", "20", "40", "60", "80"]),
            ("0.0003", ["0", "0.0001", "0.0002", "0.0003"]), ("100", ["0", "25", "50", "75", "100"]),
            (
                "999999999999999999",
                ["0", "250000000000000000", "500000000000000000", "750000000000000000", "1000000000000000000"]
            ),
        ] as [(String, [String])]
    )
    func rulesAreRoundAndReachTheHighest(_ most: String, _ rules: [String]) throws {
        let scale = ChartScale(most: try #require(Decimal(string: most)))
        #expect(scale.rules == rules.compactMap { Decimal(string: $0) })
    }

    @Test(arguments: [
        (1, [0, 1]), (2, [0, 1, 2]), (3, [0, 1, 2, 3]), (5, [0, 2, 4, 6]), (9, [0, 5, 10]), (37, [0, 10, 20, 30, 40]),
    ])
    func whatIsCountedHasNoHalves(_ most: Int, _ rules: [Int]) {
        #expect(ChartScale(most: Decimal(most), isWhole: true).rules == rules.map { Decimal($0) })
    }

    @Test func everySizeHasAtMostFourSteps() {
        for exponent in -6...17 {
            for digit in 1...40 {
                let most = Decimal(sign: .plus, exponent: exponent, significand: Decimal(digit))
                let scale = ChartScale(most: most)
                #expect(
                    (2...5).contains(scale.rules.count) && scale.top >= most && scale.top <= most * Decimal(2.5),
                    "\(most)"
                )
            }
        }
    }

    @Test func nothingIsAnEmptyAxis() {
        let empty = chart([])
        #expect(empty.bars.isEmpty && empty.rows.isEmpty && empty.rules.map(\.y) == ["220"] && empty.rules[0].isBase)
        let zero = chart([[0], [0]])
        #expect(zero.bars.allSatisfy { $0.parts.isEmpty } && zero.bars[0].title == "day 0: 0 EUR")
        #expect(zero.rows.map(\.name) == ["day 1", "day 0"])
    }

    @Test func oneValueIsOneBarOfItsOwnWidth() throws {
        let one = chart([[80]])
        let part = try #require(one.bars.first?.parts.first)
        #expect(one.bars.count == 1 && !one.hasKeys && one.columns == ["s0"] && one.rows[0].cells == ["80 EUR"])
        #expect((part.y, part.height, part.width) == ("10", "209", "8%"))
        #expect(
            try abs(number(part.x) + 4 - 50) < 0.01
                && one.bars[0].label == .init(x: "50%", text: "first", isFine: false)
        )
    }

    @Test func partsStandOnEachOtherWithAPixelBetween() throws {
        let tiny = Decimal(sign: .plus, exponent: -6, significand: 1)
        let bar = try #require(chart([[10, 0, 20, tiny, 50 - tiny], [1, 1, 1, 1, 1]]).bars.first)
        #expect(bar.parts.map(\.kind) == ["c1", "c3", "c4", "c5"], "nothing is drawn for nothing")
        var foot = 220.0
        for part in bar.parts {
            let (y, height) = (try number(part.y), try number(part.height))
            #expect(height >= 0.5 && (abs(y + height + 1 - foot) < 0.02 || height == 0.5))
            foot = y
        }
        #expect(abs(foot - 10) < 0.01, "all of it reaches the uppermost rule")
    }

    @Test func aYearOfHugeDaysFitsBetweenTheEdges() throws {
        let days = (0..<366).map { [Decimal($0) * 1_000_000_000_000] }
        let drawn = chart(days, isWhole: true)
        let parts = drawn.bars.flatMap(\.parts)
        #expect(parts.count == 365)
        for part in parts {
            let (x, width, y) = (try number(part.x), try number(part.width), try number(part.y))
            #expect(x >= 0 && x + width <= 100.01 && width > 0 && y >= 10 && y <= 220)
        }
        #expect(drawn.rules.last?.text == "400000000000000")
    }

    @Test func moreSeriesThanColoursShareTheLast() {
        #expect((0..<7).map(BarChart.kind) == ["c1", "c2", "c3", "c4", "c5", "c5", "c5"])
    }

    @Test func lengthsAreShort() {
        #expect(
            [0, 12, 12.5, 12.345, -0.25, 99.999].map { SVGLength.pixels($0) } == [
                "0", "12", "12.5", "12.35", "-0.25", "100",
            ]
        )
    }
}

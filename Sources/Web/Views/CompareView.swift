/// Two runs beside each other: what they are, how their answers differ, their steps.
struct CompareView: View {
    static let template = "run-compare"

    let page: Frame
    let sides: [Side]
    let pairs: [Pair]
    let isSame: Bool

    struct Side: Sendable {
        let header: RunHeader
        let steps: [StepView]
    }

    /// A line of each answer, beside each other; the same one where both have it.
    struct Pair: Sendable {
        let kind: String
        let left: Line?
        let right: Line?
    }

    struct Line: Sendable {
        let kind: String
        let sign: String
        let text: String
    }

    init(page: Frame, sides: [Side], lines: [LineDifference.Line]) {
        self.page = page
        self.sides = sides
        pairs = CompareView.pairs(lines)
        isSame = lines.allSatisfy { $0.kind == .same }
    }

    /// What was taken away stands beside what came in its place.
    private static func pairs(_ lines: [LineDifference.Line]) -> [Pair] {
        var pairs: [Pair] = []
        var (removed, added): ([Line], [Line]) = ([], [])
        func close() {
            for index in 0..<max(removed.count, added.count) {
                let left = index < removed.count ? removed[index] : nil
                let right = index < added.count ? added[index] : nil
                pairs.append(Pair(kind: "changed", left: left, right: right))
            }
            (removed, added) = ([], [])
        }
        for line in lines {
            switch line.kind {
            case .removed: removed.append(Line(kind: "removed", sign: "−", text: line.text))
            case .added: added.append(Line(kind: "added", sign: "+", text: line.text))
            case .same:
                close()
                let same = Line(kind: "same", sign: " ", text: line.text)
                pairs.append(Pair(kind: "both", left: same, right: same))
            }
        }
        close()
        return pairs
    }
}

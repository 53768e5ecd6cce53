/// Two runs beside each other: what they are, how their answers differ, their steps.
struct CompareView: View {
    static let template = "run-compare"

    let page: Frame
    let sides: [Side]
    let pairs: [LinePair]
    let isSame: Bool

    struct Side: Sendable {
        let header: RunHeader
        let steps: [StepView]
    }

    init(page: Frame, sides: [Side], lines: [LineDifference.Line]) {
        self.page = page
        self.sides = sides
        pairs = LinePair.all(lines)
        isSame = lines.allSatisfy { $0.kind == .same }
    }
}

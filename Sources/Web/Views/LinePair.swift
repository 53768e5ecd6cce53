/// A line of each of two texts, beside each other; the same one where both have it.
struct LinePair: Sendable {
    let kind: String
    let left: Line?
    let right: Line?

    struct Line: Sendable {
        let kind: String
        let sign: String
        let text: String
    }

    /// What was taken away stands beside what came in its place.
    static func all(_ lines: [LineDifference.Line]) -> [LinePair] {
        var pairs: [LinePair] = []
        var (removed, added): ([Line], [Line]) = ([], [])
        func close() {
            for index in 0..<max(removed.count, added.count) {
                let left = index < removed.count ? removed[index] : nil
                let right = index < added.count ? added[index] : nil
                pairs.append(LinePair(kind: "changed", left: left, right: right))
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
                pairs.append(LinePair(kind: "both", left: same, right: same))
            }
        }
        close()
        return pairs
    }
}

/// Rows under their titles, fitted to a terminal.
struct TextTable: Sendable {
    struct Column: Sendable {
        var title: String
        /// Numbers stand at the right.
        var isNumber = false
        /// Whether it may be cut to make room.
        var isFlexible = false
    }

    /// A column is not cut below this.
    private static let narrowest = 10
    private static let gap = 2

    var columns: [Column]
    var rows: [[String]]

    /// `width`: of the terminal; nil for as wide as it takes. `emphasise` is called for the titles.
    func text(width: Int? = nil, emphasise: (String) -> String = { $0 }) -> String {
        let cells = rows.map { $0.map(\.harmlessLine) }
        let widths = widths(cells, width)
        let lines = cells.map { line($0, widths, width) }
        return ([emphasise(line(columns.map(\.title), widths, width))] + lines).joined(separator: "\n")
    }

    private func line(_ cells: [String], _ widths: [Int], _ width: Int?) -> String {
        let padded = columns.indices.map { index in
            cells[index].fitted(to: widths[index]).padded(to: widths[index], isRight: columns[index].isNumber)
        }
        var line = padded.joined(separator: String(repeating: " ", count: Self.gap))
        while line.last == " " { line.removeLast() }
        return width.map { line.fitted(to: $0) } ?? line
    }

    private func widths(_ cells: [[String]], _ width: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            cells.reduce(columns[index].title.columns) { max($0, $1[index].columns) }
        }
        guard let width else { return widths }
        var excess = widths.reduce(0, +) + Self.gap * (columns.count - 1) - width
        // The widest gives way first, column for column, until they share what there is.
        while excess > 0 {
            let candidates = widths.indices.filter { columns[$0].isFlexible && widths[$0] > Self.narrowest }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }
}

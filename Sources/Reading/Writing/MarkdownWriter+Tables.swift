extension MarkdownWriter {
    /// A table of data as one; a table that only lays out a page as its cells, one after the other.
    mutating func table(_ node: Int) -> [String] {
        let rows = rows(of: node)
        let caption = tree.child("caption", of: node).map { blocks([$0]) } ?? []
        guard rows.count > 1, rows.contains(where: { $0.count > 1 }), !rows.joined().contains(where: isLayout) else {
            return caption + rows.flatMap { row in row.flatMap { blocks(tree.children($0)) } }
        }
        var lines: [String] = []
        for row in rows {
            let cells = row.flatMap { cell in
                [cellText(cell)] + [String](repeating: "", count: span(of: cell) - 1)
            }
            guard cells.contains(where: { !$0.isEmpty }) else { continue }
            lines.append("| \(cells.joined(separator: " | ")) |")
            if lines.count == 1 { lines.append("|" + String(repeating: " --- |", count: cells.count)) }
        }
        return caption + (lines.isEmpty ? [] : [lines.joined(separator: "\n")])
    }

    /// The cells of each row, those of tables inside left out.
    private func rows(of table: Int) -> [[Int]] {
        let sections = tree.children(table).flatMap { child in
            ["thead", "tbody", "tfoot"].contains(tree.name(child)) ? tree.children(child) : [child]
        }
        return sections.filter { tree.name($0) == "tr" && !isLeftOut[$0] }.map { row in
            tree.children(row).filter { ["td", "th"].contains(tree.name($0)) && !isLeftOut[$0] }
        }.filter { !$0.isEmpty }
    }

    private func isLayout(_ cell: Int) -> Bool {
        guard holdsBlock[cell] else { return false }
        var waiting = tree.children(cell)
        var bytes = 0
        while let node = waiting.popLast() {
            if tree.name(node) == "table" || tree.name(node) == "pre" { return true }
            if case .text(let text) = tree.nodes[node].content { bytes += text.utf8.count }
            if bytes > 1500 { return true }
            waiting += tree.children(node)
        }
        return false
    }

    private mutating func cellText(_ cell: Int) -> String {
        words(of: tree.children(cell)).replacing("\n", with: " ").replacing("|", with: "\\|")
    }

    private func span(of cell: Int) -> Int { min(max(Int(tree.attribute("colspan", of: cell) ?? "") ?? 1, 1), 20) }
}

import CCommonMark

extension TreeRenderer {
    /// The table a heading is a cell of.
    func tableNumber(_ node: Node) -> Int? {
        guard let text = node.firstChild, text.kind == CMARK_NODE_TEXT else { return nil }
        let literal = text.literal
        guard literal.first == Mark.cell else { return nil }
        var number = 0
        for byte in literal.dropFirst().prefix(9) {
            guard byte.isDigit else { break }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number < tables.count ? number : nil
    }

    /// Returns the last cell written.
    mutating func writeTable(_ number: Int, from first: Node) -> Node {
        let table = tables[number]
        var cells = CellCursor(number: number, next: first, last: first)
        writer.line()
        if style == .page { openRegion() }
        writer.markup("<table>\n<thead>\n")
        writeRow(table, cells: table.alignments.count, of: &cells, isHead: true)
        writer.markup("</thead>\n")
        if !table.rows.isEmpty {
            writer.markup("<tbody>\n")
            var padding = table.padding
            for given in table.rows {
                let missing = min(table.alignments.count - given, padding)
                padding -= missing
                writeRow(table, cells: given, padding: missing, of: &cells, isHead: false)
            }
            writer.markup("</tbody>\n")
        }
        writer.markup(style == .page ? "</table></div>\n" : "</table>\n")
        return cells.last
    }

    /// The keyboard can scroll it; the page that shows it has its name, in the reader's language, under this id.
    private mutating func openRegion() {
        writer.markup("<div class=\"scroll\" role=\"region\" aria-labelledby=\"table-name\" tabindex=\"0\">")
    }

    private struct CellCursor {
        let number: Int
        var next: Node?
        var last: Node
    }

    private mutating func writeRow(
        _ table: Table,
        cells: Int,
        padding: Int = 0,
        of cursor: inout CellCursor,
        isHead: Bool
    ) {
        writer.markup("<tr>\n")
        for column in 0..<cells + padding {
            writer.markup(isHead ? "<th" : "<td")
            writer.markup(table.alignments[column].attribute)
            writer.markup(">")
            if column < cells, let cell = cursor.next, tableNumber(cell) == cursor.number {
                writeCell(cell)
                cursor.last = cell
                cursor.next = cell.next
            }
            writer.markup(isHead ? "</th>\n" : "</td>\n")
        }
        writer.markup("</tr>\n")
    }

    private mutating func writeCell(_ cell: Node) {
        if let text = cell.firstChild {
            let rest = text.literal.dropFirst().drop(while: \.isDigit).dropFirst()
            text.setLiteral(rest)
        }
        if let text = cell.lastChild, text.kind == CMARK_NODE_TEXT, text.literal.last == Mark.cell {
            text.setLiteral(text.literal.dropLast(2))
        }
        marks.removeAll()
        marks.collect(in: cell, links: true)
        renderChildren(of: cell)
    }
}

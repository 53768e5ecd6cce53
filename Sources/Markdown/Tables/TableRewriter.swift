import CCommonMark

/// Finds the tables in a tree's paragraphs and writes the text anew with every cell as a heading.
struct TableRewriter {
    /// A container's prefix is repeated for every cell; a longer one leaves the table a paragraph.
    private static let longestPrefix = 64

    private(set) var output: [UInt8] = []
    private(set) var tables: [Table] = []
    /// The line of the text each line of the output came from.
    private(set) var origins: [Int] = []
    /// Whether a paragraph went on after its table with what may be another one.
    private(set) var isUnfinished = false

    private let text: [UInt8]
    private let lines: Lines
    private let firstTable: Int
    private var nextDelimiter = 0
    private var copiedLines = 0

    init(text: [UInt8], lines: Lines, firstTable: Int) {
        self.text = text
        self.lines = lines
        self.firstTable = firstTable
    }

    /// Whether there was a table.
    mutating func rewrite(_ tree: SyntaxTree) -> Bool {
        let (text, lines) = (text, lines)
        text.withUnsafeBufferPointer { bytes in
            var next = tree.root?.firstChild
            while let node = next {
                let kind = node.kind
                if kind == CMARK_NODE_PARAGRAPH || kind == CMARK_NODE_HEADING {
                    search(node, bytes, lines)
                } else if let child = node.firstChild {
                    next = child
                    continue
                }
                next = Self.following(node)
            }
            if !tables.isEmpty { copyLines(before: lines.count, bytes) }
        }
        return !tables.isEmpty
    }

    private static func following(_ node: Node) -> Node? {
        var node = node
        while true {
            if let next = node.next { return next }
            guard let parent = node.parent else { return nil }
            node = parent
        }
    }

    private mutating func search(_ node: Node, _ bytes: UnsafeBufferPointer<UInt8>, _ lines: Lines) {
        let first = node.firstLine
        let last = lastLine(of: node, bytes, lines)
        while nextDelimiter < lines.delimiters.count, lines.delimiters[nextDelimiter] <= first { nextDelimiter += 1 }
        guard nextDelimiter < lines.delimiters.count, lines.delimiters[nextDelimiter] <= last else { return }
        guard let chain = ContainerChain(of: node, bytes: bytes, lines: lines) else { return }
        while nextDelimiter < lines.delimiters.count, lines.delimiters[nextDelimiter] <= last {
            let delimiter = lines.delimiters[nextDelimiter]
            nextDelimiter += 1
            guard let head = TableHead(delimiter: delimiter, firstLine: first, chain: chain, bytes: bytes),
                head.prefix.count <= Self.longestPrefix, head.firstPrefix.count <= Self.longestPrefix
            else { continue }
            let end = writeTable(head, lastLine: last, chain, bytes)
            while nextDelimiter < lines.delimiters.count, lines.delimiters[nextDelimiter] <= last {
                if lines.delimiters[nextDelimiter] > end { isUnfinished = true }
                nextDelimiter += 1
            }
        }
    }

    /// The parser gives a heading with an underline one line too many when something follows it at once.
    private func lastLine(of node: Node, _ bytes: UnsafeBufferPointer<UInt8>, _ lines: Lines) -> Int {
        let last = min(node.lastLine, lines.count - 1)
        guard node.kind == CMARK_NODE_HEADING, last > node.firstLine else { return last }
        let line = bytes[lines.starts[last]..<lines.ends[last]].filter { !$0.isSpaceOrTab && $0 != UInt8(ascii: ">") }
        let isUnderline = line.allSatisfy { $0 == UInt8(ascii: "=") } || line.allSatisfy { $0 == UInt8(ascii: "-") }
        return isUnderline && !line.isEmpty ? last : last - 1
    }

    /// Returns the line after the table.
    private mutating func writeTable(
        _ head: TableHead,
        lastLine: Int,
        _ chain: ContainerChain,
        _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Int {
        copyLines(before: head.line, bytes)
        for (column, cell) in head.cells.enumerated() {
            writeCell(cell, after: column == 0 ? head.firstPrefix : head.prefix, from: head.line, bytes)
        }
        var rows: [Int] = []
        var line = head.line + 2
        while line <= lastLine, let cells = rowCells(line, head.alignments.count, chain, bytes) {
            for cell in cells { writeCell(cell, after: head.prefix, from: line, bytes) }
            rows.append(cells.count)
            line += 1
        }
        copiedLines = line
        let length = lines.ends[line - 1] - lines.starts[head.line]
        tables.append(Table(alignments: head.alignments, rows: rows, padding: 2 * length + 100))
        return line
    }

    private func rowCells(
        _ line: Int,
        _ columns: Int,
        _ chain: ContainerChain,
        _ bytes: UnsafeBufferPointer<UInt8>
    ) -> [Range<Int>]? {
        let (cursor, isLazy) = chain.enter(line)
        let text = cursor.textStart..<cursor.end
        guard !isLazy, cursor.indent < 4, !TableEnd.isReached(bytes, in: text) else { return nil }
        let cells = TableRow.cells(bytes, in: text, atMost: columns)
        return cells.isEmpty ? nil : cells
    }

    private mutating func writeCell(
        _ cell: Range<Int>,
        after prefix: Range<Int>,
        from line: Int,
        _ bytes: UnsafeBufferPointer<UInt8>
    ) {
        output.append(contentsOf: bytes[prefix])
        output.append(contentsOf: "###### ".utf8)
        output.append(Mark.cell)
        output.append(contentsOf: String(firstTable + tables.count).utf8)
        output.append(UInt8(ascii: " "))
        for index in cell {
            let isEscape =
                bytes[index] == UInt8(ascii: "\\") && index + 1 < cell.upperBound
                && bytes[index + 1] == UInt8(ascii: "|")
            if !isEscape { output.append(bytes[index]) }
        }
        output.append(contentsOf: [UInt8(ascii: " "), Mark.cell, UInt8(ascii: "\n")])
        origins.append(line)
    }

    private mutating func copyLines(before line: Int, _ bytes: UnsafeBufferPointer<UInt8>) {
        guard copiedLines < line else { return }
        let end = line < lines.count ? lines.starts[line] : bytes.count
        output.append(contentsOf: bytes[lines.starts[copiedLines]..<end])
        origins.append(contentsOf: copiedLines..<line)
        copiedLines = line
    }
}

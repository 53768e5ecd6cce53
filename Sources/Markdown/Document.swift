/// A text that has been read: the parser's tree, in which every table stands as a run of headings, one a cell.
///
/// The parser knows no tables. Where its tree shows a paragraph that holds one, the text is rewritten, each cell a
/// line of its own that the parser reads as a heading in the same container, and parsed again. So cells are the
/// parser's inline content, with the document's reference definitions, and what ends a table is a new block.
struct Document {
    /// The end of a table can show a list, and in it another table; deeper than this they stay paragraphs.
    private static let mostPasses = 4

    let tree: SyntaxTree
    let tables: [Table]
    /// The line (from 0) from which on appended lines can still change something: where the last block begins.
    let openLine: Int
    /// The line of the given text each line of the rewritten one came from.
    private let origins: [Int]?

    init(_ source: [UInt8]) {
        self.init(source[...])
    }

    /// `images`: those begun between the last blank line and this text (see `SourceGuard`).
    init(_ source: ArraySlice<UInt8>, images: Int = 0) {
        var text = SourceGuard(source, images: images).text
        var tree = SyntaxTree(text)
        var openLine = tree.root?.lastChild?.firstLine ?? 0
        var tables: [Table] = []
        var origins: [Int]?
        var lines = Lines(text)
        for _ in 0..<Self.mostPasses where !lines.delimiters.isEmpty {
            var rewriter = TableRewriter(text: text, lines: lines, firstTable: tables.count)
            guard rewriter.rewrite(tree) else { break }
            text = rewriter.output
            tree = SyntaxTree(text)
            tables += rewriter.tables
            origins = rewriter.origins.map { origins?[$0] ?? $0 }
            if let last = tree.root?.lastChild, let origin = origins, last.firstLine < origin.count {
                openLine = min(openLine, origin[last.firstLine])
            }
            if !rewriter.isUnfinished { break }
            lines = Lines(text)
        }
        self.tree = tree
        self.tables = tables
        self.openLine = openLine
        self.origins = origins
    }

    /// The top-level blocks in order, as HTML; of those that begin before a line, when one is given.
    func blocks(_ style: HTMLStyle, before limit: Int = .max) -> [Block] {
        var renderer = TreeRenderer(tables: tables, style: style)
        var blocks: [Block] = []
        var next = tree.root?.firstChild
        while let node = next {
            let line = origins.map { node.firstLine < $0.count ? $0[node.firstLine] : .max } ?? node.firstLine
            if line >= limit { break }
            let last = renderer.render(node)
            blocks.append(Block(line: line, html: renderer.takeOutput()))
            next = last.next
        }
        return blocks
    }
}

/// The head of a table: its cells, its columns, and what must stand before a line to be in the same containers.
struct TableHead {
    let line: Int
    let cells: [Range<Int>]
    let alignments: [Alignment]
    /// What stands before the first cell: the header's own prefix, which may hold a list marker.
    let firstPrefix: Range<Int>
    let prefix: Range<Int>

    /// Nil if the line is no delimiter row, or the one before it no header with as many cells.
    init?(delimiter: Int, firstLine: Int, chain: ContainerChain, bytes: UnsafeBufferPointer<UInt8>) {
        let (cursor, isLazy) = chain.enter(delimiter)
        guard !isLazy, cursor.indent < 4,
            let alignments = TableRow.alignments(bytes, in: cursor.textStart..<cursor.end)
        else { return nil }
        let header = chain.enter(delimiter - 1).cursor
        cells = TableRow.cells(bytes, in: header.textStart..<header.end)
        guard cells.count == alignments.count else { return nil }
        line = delimiter - 1
        self.alignments = alignments
        prefix = cursor.lineStart..<cursor.textStart
        firstPrefix = line == firstLine ? header.lineStart..<header.textStart : prefix
    }
}

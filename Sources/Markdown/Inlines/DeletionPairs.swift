/// Pairs the delimiters of strikethrough, each that can close with the last one open.
struct DeletionPairs {
    /// Deeper deletions than this are left as they are written.
    private static let deepest = 100
    private var open: [Int] = []

    mutating func add(_ run: TildeRun, to marks: inout [InlineMark]) {
        var mark = InlineMark(start: run.start, end: run.end, kind: .nothing)
        if run.canClose, let opener = open.popLast() {
            marks[opener].kind = .opensDeletion
            mark.kind = .closesDeletion
        } else if run.canOpen, open.count < Self.deepest {
            open.append(marks.count)
        }
        marks.append(mark)
    }
}

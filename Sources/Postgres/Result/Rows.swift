/// What a statement answered.
package struct Rows: Sendable {
    let handle: ResultHandle

    /// How many rows an `insert`, `update`, `delete` or `select` touched.
    package var affected: Int { handle.affected }

    package var columns: [String] { handle.columns }
}

extension Rows: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { handle.rowCount }

    package subscript(position: Int) -> Row {
        precondition(position >= 0 && position < handle.rowCount, "no such row")
        return Row(handle: handle, index: position)
    }
}

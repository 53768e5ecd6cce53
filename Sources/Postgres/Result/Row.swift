/// One row; its values are read when they are asked for.
package struct Row: Sendable {
    let handle: ResultHandle
    let index: Int

    /// The value of a column by its name; ask for an optional where null may stand.
    package func get<Value: ColumnValue>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        guard let position = handle.columns.firstIndex(of: column) else { throw DatabaseError.noColumn(column) }
        return try get(position)
    }

    /// The value of a column by its place, the first being 0.
    package func get<Value: ColumnValue>(_ column: Int, as type: Value.Type = Value.self) throws -> Value {
        guard handle.columns.indices.contains(column) else { throw DatabaseError.noColumn("\(column)") }
        if let value = handle.withText(row: index, column: column, Value.read) { return value }
        let isNull = handle.withText(row: index, column: column) { $0 == nil }
        throw DatabaseError.unreadable(column: handle.columns[column], isNull: isNull, as: "\(type)")
    }
}

import CPostgres

/// Keeps a result of libpq alive as long as any row of it is in use; values are read out of it only when asked for.
///
/// `@unchecked`: a `PGresult` never changes after it was made, and libpq lets any number of threads read it.
final class ResultHandle: @unchecked Sendable {
    private let pointer: OpaquePointer
    let rowCount: Int
    let columns: [String]

    /// Takes the result over and frees it in the end.
    init(_ pointer: OpaquePointer, columns: [String]) {
        self.pointer = pointer
        self.columns = columns
        rowCount = Int(PQntuples(pointer))
    }

    deinit { PQclear(pointer) }

    static func columns(of result: OpaquePointer) -> [String] {
        (0..<PQnfields(result)).map { PQfname(result, $0).map { String(cString: $0) } ?? "" }
    }

    /// `INSERT 0 1`, `COMMIT`, …
    var commandTag: String { PQcmdStatus(pointer).map { String(cString: $0) } ?? "" }

    var affected: Int { PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0 }

    func withText<Answer>(row: Int, column: Int, _ body: (UnsafeBufferPointer<UInt8>?) -> Answer) -> Answer {
        let (row, column) = (Int32(row), Int32(column))
        guard PQgetisnull(pointer, row, column) == 0, let value = PQgetvalue(pointer, row, column) else {
            return body(nil)
        }
        let count = Int(PQgetlength(pointer, row, column))
        return UnsafeRawPointer(value).withMemoryRebound(to: UInt8.self, capacity: count) {
            body(UnsafeBufferPointer(start: $0, count: count))
        }
    }
}

import CPostgres

extension DatabaseError {
    /// The server's own words about a statement that failed. `DETAIL` is left out: it quotes values.
    init(result: OpaquePointer, isConnectionLost: Bool, query: String?) {
        let sqlState = Self.field("C", of: result)
        // Without a state it is libpq that speaks, not the server.
        let message = Self.field("M", of: result) ?? PQresultErrorMessage(result).map { String(cString: $0) } ?? ""
        self.init(
            isConnectionLost ? .connectionLost : .query,
            Self.withoutValues(message.trimmed, sqlState: sqlState),
            sqlState: sqlState,
            constraint: Self.field("n", of: result),
            query: query
        )
    }

    /// What libpq says about a connection.
    static func connection(_ handle: OpaquePointer?, _ code: Code, query: String? = nil) -> DatabaseError {
        let text = handle.flatMap(PQerrorMessage).map { String(cString: $0).trimmed } ?? ""
        return DatabaseError(code, text.isEmpty ? "the connection to the server is gone" : text, query: query)
    }

    /// Whether the server says that it ends the connection, which it may do before the end is to be seen.
    static func isFatal(_ result: OpaquePointer) -> Bool {
        let severity = field("V", of: result)
        return severity == "FATAL" || severity == "PANIC"
    }

    /// Where in the text of the statement the server found the fault, counted in characters from 1.
    static func position(in result: OpaquePointer) -> Int? { field("P", of: result).flatMap { Int($0) } }

    private static func field(_ name: Unicode.Scalar, of result: OpaquePointer) -> String? {
        PQresultErrorField(result, Int32(name.value)).map { String(cString: $0) }
    }

    /// Data exceptions (class 22) quote the value that they refuse: `invalid input syntax for type uuid: "…"`.
    private static func withoutValues(_ message: String, sqlState: String?) -> String {
        guard sqlState?.hasPrefix("22") == true else { return message }
        let quotes: Set<Character> = ["\"", "'", "«", "»", "„", "“", "”", "‘", "’", "「", "」"]
        guard let first = message.firstIndex(where: quotes.contains) else { return message }
        let last = message.lastIndex(where: quotes.contains) ?? first
        let rest = first == last ? "" : message[message.index(after: last)...]
        return message[..<first] + "…" + rest
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self
        while text.last?.isNewline == true || text.last == " " { text.removeLast() }
        return text
    }
}

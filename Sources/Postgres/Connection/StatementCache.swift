/// The prepared statements of one connection by their text, the least recently used leaving first.
struct StatementCache {
    /// Names of statements that the server still holds and that are needed no more.
    private(set) var condemned: [String] = []
    private var statements: [String: Statement] = [:]
    private var uses: UInt64 = 0
    private let limit: Int

    init(limit: Int = 256) { self.limit = limit }

    /// The statement of this text, and whether it has yet to be prepared.
    mutating func statement(for sql: String) -> (statement: Statement, isNew: Bool) {
        uses += 1
        let known = statements[sql]
        let statement = known ?? Statement(sql: sql, name: "s\(uses)")
        statement.lastUse = uses
        if known == nil { statements[sql] = statement }
        return (statement, known == nil)
    }

    /// The server does not have it (any more), or it must not be used again.
    mutating func forget(_ statement: Statement, isOnServer: Bool) {
        guard statements[statement.sql] === statement else { return }
        statements[statement.sql] = nil
        if isOnServer { condemned.append(statement.name) }
    }

    mutating func forgetAll() {
        statements = [:]
        condemned = []
    }

    /// Chooses who has to leave; between exchanges only, as a statement may be in use during one.
    mutating func trim() {
        guard statements.count > limit else { return }
        let oldest = statements.values.sorted { $0.lastUse < $1.lastUse }.prefix(statements.count - limit)
        for statement in oldest { forget(statement, isOnServer: true) }
    }

    mutating func takeCondemned() -> [String] {
        defer { condemned = [] }
        return condemned
    }
}

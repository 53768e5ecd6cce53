/// A statement that the server has prepared on one connection; it never leaves the actor of that connection.
final class Statement {
    let sql: String
    let name: String
    /// The names of the columns, known once the first answer came; the server keeps them as long as the statement.
    var columns: [String]?
    /// When it was last used, counted in uses.
    var lastUse: UInt64 = 0

    init(sql: String, name: String) {
        self.sql = sql
        self.name = name
    }
}

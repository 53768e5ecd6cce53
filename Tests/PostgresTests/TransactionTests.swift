import Postgres
import Testing

@Suite struct TransactionTests {
    private struct Refusal: Error {}

    @Test func committedOrRolledBack() async throws {
        try await withOwnDatabase(maximumConnections: 1) { database in
            try await database.query("create table t (id int primary key)")
            let count = try await database.transaction { transaction in
                try await transaction.query("insert into t values (\(1))")
                return try await transaction.batch(["insert into t values (\(2))", "select from t"])[1].count
            }
            #expect(count == 2)
            await #expect(throws: Refusal.self) {
                try await database.transaction { transaction in
                    try await transaction.query("delete from t")
                    throw Refusal()
                }
            }
            await #expect(throws: DatabaseError.self) {
                try await database.transaction { transaction in
                    try await transaction.query("delete from t")
                    try await transaction.query("select 1 / 0")
                }
            }
            #expect(try await database.query("select from t").count == 2)
        }
    }

    @Test func aSwallowedErrorIsNoCommit() async throws {
        try await withOwnDatabase(maximumConnections: 1) { database in
            try await database.query("create table t (id int)")
            let error = await #expect(throws: DatabaseError.self) {
                try await database.transaction { transaction in
                    try await transaction.query("insert into t values (1)")
                    _ = try? await transaction.query("select 1 / 0")
                }
            }
            #expect(error?.sqlState == "25P02")
            #expect(try await database.query("select from t").isEmpty)
        }
    }

    @Test func settingsHoldForTheTransaction() async throws {
        try await withDatabase(maximumConnections: 1) { database in
            let query: Query = "select current_setting('test.who', true) as who"
            try await database.transaction(with: [SessionSetting(name: "test.who", value: "me")]) {
                transaction async throws in
                for _ in 0..<2 { #expect(try await transaction.query(query).first?.get("who") == "me") }
            }
            #expect(try await database.query(query).first?.get("who", as: String?.self) ?? "" == "")
        }
    }

    @Test func itEndsWithItsClosure() async throws {
        try await withDatabase(maximumConnections: 1) { database in
            let escaped = try await database.transaction { $0 }
            let error = await #expect(throws: DatabaseError.self) { try await escaped.query("select 1") }
            #expect(error?.code == .closed)
            #expect(try await database.query("select 1").count == 1)
        }
    }

    @Test func aCancelledTransactionIsRolledBack() async throws {
        try await withOwnDatabase(maximumConnections: 1) { database in
            try await database.query("create table t (id int)")
            let (sleeping, signal) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                try await database.transaction { transaction in
                    try await transaction.query("insert into t values (1)")
                    signal.finish()
                    try await transaction.query("select pg_sleep(60)")
                }
            }
            for await _ in sleeping {}
            task.cancel()
            let error = await #expect(throws: DatabaseError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            #expect(try await database.query("select from t").isEmpty)
        }
    }

    @Test func aLostConnectionIsReplaced() async throws {
        try await withDatabase(maximumConnections: 1) { database async throws in
            let error = await #expect(throws: DatabaseError.self) {
                try await database.transaction { transaction in
                    try await transaction.query("select pg_terminate_backend(pg_backend_pid())")
                }
            }
            #expect(error?.code == .connectionLost)
            #expect(error?.sqlState == "57P01")
            #expect(try await database.query("select 1").count == 1)
        }
    }
}

import Foundation
import Postgres
import Testing

@Suite struct DatabaseTests {
    @Test func settingsHoldForOneStatement() async throws {
        try await withDatabase(maximumConnections: 1) { database in
            let settings = [
                SessionSetting(name: "test.user", value: "it's me"),
                SessionSetting(name: "test.organisation", value: "7"),
            ]
            let query: Query =
                "select current_setting('test.user', true) || current_setting('test.organisation', true) as who"
            let first = try await database.query(query, with: settings).first
            #expect(try first?.get("who") == "it's me7")
            let second = try await database.query(query).first
            #expect(try second?.get("who", as: String?.self) ?? "" == "")
        }
    }

    @Test func aBatchIsOneTransaction() async throws {
        try await withOwnDatabase { database in
            try await database.query("create table t (id int primary key, note text not null)")
            let answers = try await database.batch([
                "insert into t values (\(1), \("a")), (\(2), \("b"))", "select id from t order by id",
                "update t set note = \("c")",
            ])
            #expect(answers.map(\.affected) == [2, 2, 2])
            #expect(try answers[1].map { try $0.get("id") } == [1, 2])
            let error = await #expect(throws: DatabaseError.self) {
                try await database.batch(["insert into t values (3, 'x')", "insert into t values (1, 'y')", "select 1"])
            }
            #expect(error?.sqlState == "23505")
            #expect(error?.constraint == "t_pkey")
            #expect(error?.code == .query)
            #expect(try await database.query("select from t").count == 2)
        }
    }

    @Test func aConnectionOutlivesErrors() async throws {
        try await withDatabase(maximumConnections: 1) { database in
            let process: Int? = try await database.query("select pg_backend_pid() as id").first?.get("id")
            for _ in 0..<3 {
                await #expect(throws: DatabaseError.self) { try await database.query("select 1 / \(0)::int") }
                await #expect(throws: DatabaseError.self) { try await database.query("selec \(1)") }
                await #expect(throws: DatabaseError.self) {
                    try await database.batch(["select 1", "select nowhere", "select \(2)::int as two", "select 3"])
                }
                await #expect(throws: DatabaseError.self) { try await database.query("select \("a\0b")") }
                await #expect(throws: DatabaseError.self) {
                    try await database.query("select 1", with: [SessionSetting(name: "no such", value: "x")])
                }
                let two: Int? = try await database.query("select \(2)::int as two").first?.get("two")
                #expect(two == 2)
            }
            let same: Int? = try await database.query("select pg_backend_pid() as id").first?.get("id")
            #expect(process == same)
        }
    }

    @Test func whatFailsAtTheEndFails() async throws {
        try await withOwnDatabase(maximumConnections: 1) { database in
            try await database.query("create table t (id int unique deferrable initially deferred)")
            for _ in 0..<3 {
                let error = await #expect(throws: DatabaseError.self) {
                    try await database.query("insert into t values (1), (1)")
                }
                #expect(error?.sqlState == "23505")
                #expect(try await database.query("select from t").isEmpty)
            }
        }
    }

    @Test func errorsDoNotQuoteValues() async throws {
        try await withDatabase { database in
            for query: Query in [
                "select \("topsecret")::uuid", "select \("topsecret")::int", "select \("{topsecret")::jsonb",
            ] {
                let error = await #expect(throws: DatabaseError.self) { try await database.query(query) }
                #expect(error.map { "\($0)".contains("topsecret") } == false)
                #expect(error?.sqlState == "22P02")
                #expect(error?.query == query.sql)
            }
        }
    }

    @Test func emptyAndOddStatements() async throws {
        try await withDatabase { database async throws in
            #expect(try await database.query("").isEmpty)
            #expect(try await database.batch([]).isEmpty)
            await #expect(throws: DatabaseError.self) { try await database.query("copy (select 1) to stdout") }
            await #expect(throws: DatabaseError.self) { try await database.query("select 1; select 2") }
            #expect(try await database.query("select 1").count == 1)
        }
    }

    @Test func whoLeavesATransactionOpenLosesTheConnection() async throws {
        try await withDatabase(maximumConnections: 1) { database in
            let first: Int? = try await database.query("select pg_backend_pid() as id").first?.get("id")
            try await database.query("begin")
            let second: Int? = try await database.query("select pg_backend_pid() as id").first?.get("id")
            #expect(first != second)
        }
    }
}

import Postgres
import Testing

@Suite struct StatementTests {
    @Test func aChangedTableIsNoticed() async throws {
        try await withOwnDatabase(maximumConnections: 1) { database in
            try await database.query("create table t (a int)")
            try await database.query("insert into t values (1)")
            #expect(try await database.query("select * from t").columns == ["a"])
            try await database.query("alter table t add column b int default 2")
            let rows = try await database.query("select * from t")
            #expect(rows.columns == ["a", "b"])
            #expect(try rows.first?.get("b") == 2)
        }
    }

    @Test func discardedStatementsAreMadeAnew() async throws {
        try await withDatabase(maximumConnections: 1) { database in
            for _ in 0..<3 {
                let rows = try await database.batch(["select \(1)::int as one", "select \(2)::int as two"])
                #expect(try rows[1].first?.get("two") == 2)
                try await database.query("deallocate all")
            }
        }
    }

    @Test func statementsAreBounded() async throws {
        try await withDatabase(maximumConnections: 1) { database in
            for number in 0..<300 { try await database.query("select \(unescaped: "\(number)")") }
            try await database.batch((300..<700).map { "select \(unescaped: "\($0)")" })
            try await database.query("select 0")
            let rows = try await database.query("select from pg_prepared_statements")
            #expect(rows.count <= 258)
            try await database.query("select 3")
        }
    }
}

import Postgres
import Testing

@Suite struct CancellationTests {
    @Test(.timeLimit(.minutes(1)))
    func aCancelledStatementStopsOnTheServer() async throws {
        try await withDatabase(maximumConnections: 2) { database in
            let task = Task { try await database.query("select pg_sleep(60), 'the sleeper'") }
            try await untilSomeoneRuns("select pg_sleep(60), 'the sleeper'", in: database)
            task.cancel()
            let error = await #expect(throws: DatabaseError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            #expect(try await database.query("select 1").count == 1)
        }
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        try await withDatabase { database in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await database.query("select 1")
            }
            let error = await #expect(throws: DatabaseError.self) { try await task.value }
            #expect(error?.code == .cancelled)
        }
    }

    /// Cancels at every possible moment: each either answers or says that it was cancelled, and none hits another.
    @Test(.timeLimit(.minutes(2)))
    func cancellingNeverHitsTheNext() async throws {
        try await withDatabase(maximumConnections: 2) { database async throws in
            for number in 0..<300 {
                let task = Task { try await database.batch(["select 1", "select pg_sleep(0.002)", "select 2"]) }
                for _ in 0..<(number % 30) { await Task.yield() }
                task.cancel()
                let answer = await task.result
                if case .failure(let error as DatabaseError) = answer { #expect(error.code == .cancelled) }
                #expect(try await database.query("select \(number)::int as number").first?.get("number") == number)
            }
        }
    }

    @Test func theServerStopsWhatTakesTooLong() async throws {
        try await withDatabase(maximumConnections: 1, { $0.statementTimeout = .milliseconds(20) }) { database in
            let error = await #expect(throws: DatabaseError.self) { try await database.query("select pg_sleep(60)") }
            #expect(error?.code == .query)
            #expect(error?.sqlState == "57014")
        }
    }

    private func untilSomeoneRuns(_ sql: String, in database: Database) async throws {
        while try await database.query("select from pg_stat_activity where query = \(sql) and wait_event = 'PgSleep'")
            .isEmpty
        {
            await Task.yield()
        }
    }
}

import Logging
import Postgres
import Testing

@Suite struct PoolTests {
    @Test func manyTasksShareFewConnections() async throws {
        try await withDatabase(maximumConnections: 3) { database in
            let processes = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let row = try await database.query("select pg_backend_pid() as id, \(number)::int as number")
                            .first
                        #expect(try row?.get("number") == number)
                        return try row?.get("id") ?? 0
                    }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(processes.count <= 3)
        }
    }

    @Test func waitingHasALimit() async throws {
        try await withDatabase(maximumConnections: 1, { $0.waitLimit = .milliseconds(50) }) { database in
            try await database.transaction { transaction in
                try await transaction.query("select 1")
                let error = await #expect(throws: DatabaseError.self) { try await database.query("select 1") }
                #expect(error?.code == .timeout)
            }
            #expect(try await database.query("select 1").count == 1)
        }
    }

    @Test func whoWaitsCanBeCancelled() async throws {
        try await withDatabase(maximumConnections: 1) { database in
            try await database.transaction { transaction in
                let waiting = Task { try await database.query("select 1") }
                waiting.cancel()
                let error = await #expect(throws: DatabaseError.self) { try await waiting.value }
                #expect(error?.code == .cancelled)
            }
            #expect(try await database.query("select 1").count == 1)
        }
    }

    @Test func aKilledConnectionIsReplacedUnseen() async throws {
        try await withDatabase(maximumConnections: 1) { database in
            for _ in 0..<5 {
                let victim: Int? = try await database.query("select pg_backend_pid() as id").first?.get("id")
                try await withDatabase { killer in
                    // Answers when the process is gone.
                    let rows = try await killer.query("select pg_terminate_backend(\(victim), 5000) as gone")
                    #expect(try rows.first?.get("gone") == true)
                }
                let next: Int? = try await database.query("select pg_backend_pid() as id").first?.get("id")
                #expect(next != victim)
            }
        }
    }

    @Test func aStatementThatDiesIsNotRepeated() async throws {
        try await withDatabase(maximumConnections: 1) { database async throws in
            let error = await #expect(throws: DatabaseError.self) {
                try await database.query("select pg_terminate_backend(pg_backend_pid())")
            }
            #expect(error?.code == .connectionLost)
            #expect(try await database.query("select 1").count == 1)
        }
    }

    @Test func noServerIsUnavailable() async throws {
        var configuration = try DatabaseConfiguration(url: "postgresql://nobody@/none?host=/nowhere")
        configuration.maximumConnections = 1
        let database = Database(configuration, logger: TestServer.logger)
        for _ in 0..<3 {
            let error = await #expect(throws: DatabaseError.self) { try await database.query("select 1") }
            #expect(error?.code == .unavailable)
        }
    }

    @Test func aClosedDatabaseSaysSo() async throws {
        try await withDatabase { database in
            try await database.query("select 1")
            await database.close()
            let error = await #expect(throws: DatabaseError.self) { try await database.query("select 1") }
            #expect(error?.code == .closed)
        }
    }
}

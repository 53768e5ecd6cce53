import Foundation
import Postgres
import Testing

/// What happens when the server goes and comes back.
@Suite struct RestartTests {
    @Test(.timeLimit(.minutes(3)), arguments: [SIGINT, SIGQUIT])
    func thePoolComesBackByItself(signal: Int32) async throws {
        let server = try OwnServer()
        try await server.start()
        var configuration = try server.configuration
        configuration.maximumConnections = 4
        let database = Database(configuration, logger: TestServer.logger)
        var heard = database.listen(on: "channel").makeAsyncIterator()
        #expect(await heard.next() == "")
        try await useAllConnections(of: database)

        // A statement under way is neither repeated nor forgotten.
        let underWay = Task { try await database.query("select pg_sleep(60)") }
        while try await database.query("select from pg_stat_activity where wait_event = 'PgSleep'").isEmpty {
            await Task.yield()
        }
        try server.stop(signal)
        let lost = await #expect(throws: DatabaseError.self) { try await underWay.value }
        #expect(lost?.code == .connectionLost)

        let error = await #expect(throws: DatabaseError.self) { try await database.query("select 1") }
        #expect(error?.code == .unavailable)

        try await server.start()
        try await useAllConnections(of: database)
        #expect(await heard.next() == "")
        await database.close()
    }

    @Test(.timeLimit(.minutes(3)))
    func aRestartBetweenTwoStatementsIsUnseen() async throws {
        let server = try OwnServer()
        try await server.start()
        let database = Database(try server.configuration, logger: TestServer.logger)
        for _ in 0..<2 {
            try await useAllConnections(of: database)
            try server.stop(SIGINT)
            try await server.start()
            try await database.transaction { try await $0.query("select 1") }
        }
        await database.close()
    }

    private func useAllConnections(of database: Database) async throws {
        try await withThrowingTaskGroup { group in
            for _ in 0..<8 { group.addTask { _ = try await database.query("select pg_sleep(0.01)") } }
            try await group.waitForAll()
        }
    }
}

import Foundation
import Logging
import Postgres
import Testing

@testable import App

/// A real cluster: made, used, lost, taken over, ended.
@Suite struct EmbeddedPostgresTests {
    @Test func livesThroughItsOwnersAndItsOwnEnd() async throws {
        let temporary = try TemporaryFolder()
        let data = try DataFolder(path: temporary.path)
        var logger = Logger(label: "test")
        logger.logLevel = .critical

        let first = try await EmbeddedPostgres.start(in: data, logger: logger)
        await #expect { try await EmbeddedPostgres.start(in: data, logger: logger) } throws: {
            ($0 as? AppError)?.code == .dataFolderInUse
        }
        let database = Database(try DatabaseConfiguration(url: first.address.url(role: "alma_admin")), logger: logger)
        try await database.query("create table kept (word text)")
        try await database.query("insert into kept values (\("yes"))")
        await database.close()
        #expect(EmbeddedVisit.address(in: data)?.socketFolder == first.address.socketFolder)
        await first.stop()
        #expect(EmbeddedVisit.address(in: data) == nil)
        #expect(ProcessTable.processes(in: first.cluster.path) == [])
        try await crash(PostgresCluster.prepare(in: data, logger: logger), logger: logger)
    }

    /// Children left by a killed server, its lock files: the next start clears them and recovers.
    private func crash(_ cluster: PostgresCluster, logger: Logger) async throws {
        let postmaster = Postmaster(cluster: cluster, logger: logger)
        let process = try await postmaster.start()
        #expect(try await postmaster.adoptOrStart() == process)
        kill(process, SIGKILL)
        while ProcessTable.isAlive(process) { await Task.yield() }
        let next = try await postmaster.adoptOrStart()
        #expect(next != process)
        let address = EmbeddedAddress(socketFolder: cluster.socketFolder)
        let database = Database(try DatabaseConfiguration(url: address.url(role: "alma_admin")), logger: logger)
        let rows = try await database.query("select word from kept")
        #expect(try rows[0].get("word", as: String.self) == "yes")
        await database.close()
        await postmaster.stop(next)
        #expect(!ProcessTable.isAlive(next))
    }
}

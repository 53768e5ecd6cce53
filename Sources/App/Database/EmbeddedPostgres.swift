import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// ALMA's own PostgreSQL under the data folder: up before anything uses it, watched while it runs, down after its last
/// user. As a service it stands first in the group, because groups end in reverse.
final class EmbeddedPostgres: Service {
    private let postmaster: Postmaster
    private let lock: DataFolderLock
    private let process: Mutex<pid_t>
    private let logger: Logger

    private init(postmaster: Postmaster, lock: DataFolderLock, process: pid_t, logger: Logger) {
        self.postmaster = postmaster
        self.lock = lock
        self.process = Mutex(process)
        self.logger = logger
    }

    /// Returns when it accepts connections. Throws when another process owns the folder.
    static func start(in data: DataFolder, logger: Logger) async throws -> EmbeddedPostgres {
        let lock = try DataFolderLock.require(data)
        let cluster = try await PostgresCluster.prepare(in: data, logger: logger)
        let postmaster = Postmaster(cluster: cluster, logger: logger)
        let process = try await postmaster.adoptOrStart()
        return EmbeddedPostgres(postmaster: postmaster, lock: lock, process: process, logger: logger)
    }

    var cluster: PostgresCluster { postmaster.cluster }
    var address: EmbeddedAddress { EmbeddedAddress(socketFolder: cluster.socketFolder) }

    func run() async throws {
        await cancelWhenGracefulShutdown { await self.watch() }
        // The stop must be whole even when this task is cancelled, so it is not this task's child.
        await Task.detached { await self.stop() }.value
    }

    func stop() async {
        await postmaster.stop(process.withLock { $0 })
        // Empty by now; one in /tmp would stay for ever.
        rmdir(cluster.socketFolder)
    }

    /// Four looks a second: a dead server is back before its users have tired of waiting for a connection.
    private func watch() async {
        var looks = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(250))
            if !ProcessTable.isAlive(process.withLock { $0 }) { await restart() }
            looks += 1
            if looks % 240 == 0 { postmaster.log.keepSmall() }
        }
    }

    private func restart() async {
        var pause = Duration.milliseconds(100)
        while !Task.isCancelled {
            logger.error("PostgreSQL has ended; starting it again.")
            do {
                let fresh = try await postmaster.start()
                process.withLock { $0 = fresh }
                logger.notice("PostgreSQL is back.")
                return
            } catch {
                logger.error("PostgreSQL cannot be started again yet: \(error)")
            }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(5))
        }
    }
}

/// How to reach our own PostgreSQL.
struct EmbeddedAddress: Sendable {
    var socketFolder: String

    /// As `role`: the administrator migrates, the application's role is bound by row-level security.
    func url(role: String) -> String {
        DatabaseParts(
            server: socketFolder,
            port: 5432,
            user: role,
            password: nil,
            database: PostgresCluster.database
        ).url
    }
}

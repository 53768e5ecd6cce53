import Foundation
import Logging

/// Starts, finds and stops the server of a cluster. It runs in a session of its own, so that neither Ctrl-C nor our
/// own sudden end takes it down in the middle of a write.
struct Postmaster: Sendable {
    let cluster: PostgresCluster
    let logger: Logger

    /// The server that an earlier ALMA left running, else a new one; returns when it answers.
    func adoptOrStart() async throws -> pid_t {
        if let left = PostmasterFile(cluster: cluster.path), ProcessTable.isIn(cluster.path, left.process) {
            if await isUsable(left) {
                logger.notice("Found the database still running (process \(left.process)) and took it over.")
                return left.process
            }
            await stop(left.process)
        }
        return try await start()
    }

    func start() async throws -> pid_t {
        try await clearRemains()
        let past = log.size
        let started = try await cluster.programs.run(
            "pg_ctl",
            ["start", "--no-wait", "--silent", "--pgdata", cluster.path, "--log", log.path],
            as: cluster.user
        )
        guard started.succeeded else {
            throw AppError(.postgresFailed, "PostgreSQL did not start:\n\(started.output)\(log.text(from: past))")
        }
        return try await waitUntilReady(logFrom: past)
    }

    /// Fast shutdown: open transactions are rolled back, everything is written. Then less kindly.
    func stop(_ process: pid_t) async {
        for (signal, limit) in [(SIGINT, Duration.seconds(20)), (SIGQUIT, .seconds(5)), (SIGKILL, .seconds(2))] {
            guard ProcessTable.isIn(cluster.path, process) else { return }
            kill(process, signal)
            if await wait(upTo: limit, until: { !ProcessTable.isAlive(process) }) { return }
            logger.warning("PostgreSQL (process \(process)) did not end within \(limit).")
        }
    }

    var log: PostgresLog { PostgresLog(path: "\(cluster.path)/postgres.log") }

    /// Answers, or is about to, on a socket that is still there.
    private func isUsable(_ found: PostmasterFile) async -> Bool {
        await wait(upTo: .seconds(60)) {
            guard let now = PostmasterFile(cluster: cluster.path) else { return true }
            return now.status == .ready || now.status == .stopping
        }
        guard let now = PostmasterFile(cluster: cluster.path), now.process == found.process, now.status == .ready else {
            return false
        }
        return now.socketFolder == cluster.socketFolder
            && FileManager.default.fileExists(atPath: cluster.socket)
    }

    /// Children of a killed server must be gone before a new one may use the files. Then nobody does, and the old
    /// server's lock files go too: PostgreSQL would believe them as long as their process number belongs to anything,
    /// be it a stranger or a zombie that nobody collects.
    private func clearRemains() async throws {
        for process in ProcessTable.processes(in: cluster.path) { kill(process, SIGQUIT) }
        let gone = await wait(upTo: .seconds(10)) { ProcessTable.processes(in: cluster.path).isEmpty }
        guard gone else {
            throw AppError(
                .postgresFailed,
                "Processes of an earlier PostgreSQL still use \(cluster.path); end them first."
            )
        }
        for file in [PostmasterFile.path(in: cluster.path), cluster.socket, cluster.socket + ".lock"] { unlink(file) }
    }

    /// Recovery after a crash may take its time: as long as the server lives, it is waited for.
    private func waitUntilReady(logFrom past: UInt64) async throws -> pid_t {
        let appeared = await wait(upTo: .seconds(5)) {
            PostmasterFile(cluster: cluster.path).map { ProcessTable.isIn(cluster.path, $0.process) } ?? false
        }
        guard appeared, let file = PostmasterFile(cluster: cluster.path) else {
            throw AppError(.postgresFailed, "PostgreSQL ended at its start:\n\(log.text(from: past))")
        }
        await wait(upTo: .seconds(1800)) {
            PostmasterFile(cluster: cluster.path)?.status == .ready || !ProcessTable.isAlive(file.process)
        }
        guard ProcessTable.isAlive(file.process) else {
            throw AppError(.postgresFailed, "PostgreSQL ended at its start:\n\(log.text(from: past))")
        }
        return file.process
    }

    /// Looks every few milliseconds: PostgreSQL tells of its start and its end by nothing but this file and its life.
    @discardableResult
    private func wait(upTo limit: Duration, until isDone: () -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while !isDone() {
            guard ContinuousClock.now < deadline else { return false }
            do { try await Task.sleep(for: .milliseconds(4)) } catch { return isDone() }
        }
        return true
    }
}

import Foundation
import Logging

/// The cluster's files on disk: made once, whole or not at all, configured at every start.
struct PostgresCluster: Sendable {
    /// The role that owns everything; a superuser of the cluster, for migrations only.
    static let administrator = "alma_admin"
    static let database = "alma"

    let path: String
    let programs: PostgresPrograms
    let user: ServiceUser
    let socketFolder: String

    var socket: String { "\(socketFolder)/.s.PGSQL.5432" }

    /// Makes the cluster when there is none.
    static func prepare(in data: DataFolder, logger: Logger) async throws -> PostgresCluster {
        let user = try ServiceUser.forPostgres()
        let place = try ClusterPlace(data: data, user: user)
        if let reason = place.relocation { logger.notice("The database lies in \(place.cluster), because \(reason).") }
        let cluster = PostgresCluster(
            path: place.cluster,
            programs: try PostgresPrograms.choose(majorVersion: majorVersion(of: place.cluster)),
            user: user,
            socketFolder: try SocketFolder.make(in: place.base, for: user)
        )
        if majorVersion(of: cluster.path) == nil { try await cluster.create(logger: logger) }
        try cluster.writeSettings()
        return cluster
    }

    /// nil when there is no cluster.
    static func majorVersion(of cluster: String) -> Int? {
        guard let text = try? String(contentsOfFile: "\(cluster)/PG_VERSION", encoding: .utf8) else { return nil }
        return Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// In a folder beside, moved to its place when it is whole and on disk: a crash leaves a cluster or none.
    private func create(logger: Logger) async throws {
        logger.notice("Making a database with PostgreSQL \(programs.majorVersion) in \(path).")
        let draft = path + ".new"
        try? FileManager.default.removeItem(atPath: draft)
        try makeOwnedFolder(draft)
        try await must(
            "initdb",
            [
                "--pgdata", draft, "--username", Self.administrator, "--auth", "trust", "--encoding", "UTF8",
                "--lc-collate", "C", "--lc-ctype", "C.UTF-8", "--no-instructions",
            ]
        )
        try appendInclude(to: "\(draft)/postgresql.conf")
        try await must(
            "postgres",
            ["--single", "-c", "exit_on_error=true", "-D", draft, "postgres"],
            input: "create database \(Self.database);\n"
        )
        guard rename(draft, path) == 0 else {
            throw AppError(.dataFolder, "\(draft) cannot be moved to \(path): \(String(cString: strerror(errno)))")
        }
    }

    private func makeOwnedFolder(_ folder: String) throws(AppError) {
        guard mkdir(folder, 0o700) == 0, !user.isOther || chown(folder, user.user, user.group) == 0 else {
            throw AppError(.dataFolder, "\(folder) cannot be made: \(String(cString: strerror(errno)))")
        }
    }

    private func appendInclude(to file: String) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("\ninclude_if_exists = 'alma.conf'\n".utf8))
        try handle.close()
    }

    private func writeSettings() throws {
        let file = "\(path)/alma.conf"
        let text = PostgresSettings(socketFolder: socketFolder).text
        guard (try? String(contentsOfFile: file, encoding: .utf8)) != text else { return }
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        chmod(file, 0o600)
        if user.isOther { chown(file, user.user, user.group) }
    }

    private func must(_ program: String, _ arguments: [String], input: String = "") async throws {
        let outcome = try await programs.run(program, arguments, as: user, input: input)
        guard outcome.succeeded else {
            throw AppError(.postgresFailed, "\(program) failed:\n\(outcome.output.suffix(2000))")
        }
    }
}

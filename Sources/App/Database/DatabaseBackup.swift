import Engine
import Foundation
import Postgres
import Subprocess

/// Dumps a database into the data folder before a migration changes it.
struct DatabaseBackup: Sendable {
    /// Older ones are removed.
    private static let kept = 10

    let folder: DataFolder
    let database: DatabaseConfiguration

    /// The dump's path. The password goes by the environment: a command line is for everyone to see.
    func make() async throws -> String {
        let backups = try folder.privateFolder("backups")
        let file = "\(backups)/alma-\(Self.stamp()).dump"
        let result = try await Subprocess.run(
            .name("pg_dump"),
            // Row-level security binds the tables' owner too; as the system it sees every row.
            arguments: ["--format=custom", "--no-password", "--enable-row-security", "--file", file],
            environment: .custom(environment()),
            output: .discarded,
            error: .string(limit: 64 * 1024)
        )
        guard result.terminationStatus.isSuccess else {
            unlink(file)
            throw AppError(
                .backup,
                "The database was not migrated, because its backup failed: \(result.standardError)\nInstall the pg_dump "
                    + "of your server's version, or set ALMA_MIGRATION_BACKUP=false after a backup of your own."
            )
        }
        chmod(file, 0o600)
        removeOld(in: backups)
        return file
    }

    private func environment() -> [Environment.Key: String] {
        let installed = PostgresPrograms.installed().map(\.folder)
        let path = (installed + ["/usr/local/bin", "/usr/bin", "/bin"]).joined(separator: ":")
        let values = [
            "PATH": path, "LC_ALL": "C.UTF-8", "PGCONNECT_TIMEOUT": "10", "PGOPTIONS": "-c alma.system=on",
            "PGHOST": database.host, "PGPORT": database.port.map(String.init), "PGUSER": database.user,
            "PGPASSWORD": database.password, "PGDATABASE": database.database,
        ]
        return Dictionary(uniqueKeysWithValues: values.compactMap { name, value in value.map { ("\(name)", $0) } })
            .reduce(into: [:]) { $0[Environment.Key(stringLiteral: $1.key)] = $1.value }
    }

    private func removeOld(in backups: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: backups)) ?? []
        let dumps = names.filter { $0.hasPrefix("alma-") && $0.hasSuffix(".dump") }.sorted()
        for name in dumps.dropLast(Self.kept) { unlink("\(backups)/\(name)") }
    }

    private static func stamp() -> String {
        Date().iso8601Milliseconds.replacing(":", with: "").replacing(".", with: "-")
    }
}

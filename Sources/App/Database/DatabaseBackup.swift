import Foundation
import Postgres
import Subprocess
import Web

/// Dumps a database into the folder of backups: before a migration changes it, and when an administrator wants it.
struct DatabaseBackup: Sendable {
    let folder: BackupFolder
    let database: DatabaseConfiguration

    /// The dump's path. The password goes by the environment: a command line is for everyone to see. What is not whole yet
    /// has another ending, so that a crash leaves nothing that looks like a backup.
    func make(_ kind: BackupFile.Kind) async throws -> String {
        try folder.prepare()
        let lock = try BackupFolderLock(folder)
        defer { withExtendedLifetime(lock) {} }
        let (file, part) = (folder.place(for: kind), folder.part)
        try folder.begin(part)
        let result = try await Subprocess.run(
            .name("pg_dump"),
            // Row-level security binds the tables' owner too; as the system it sees every row.
            arguments: ["--format=custom", "--no-password", "--enable-row-security", "--file", part],
            environment: .custom(environment()),
            output: .discarded,
            error: .string(limit: 64 * 1024)
        )
        guard result.terminationStatus.isSuccess, chmod(part, 0o600) == 0, rename(part, file) == 0 else {
            unlink(part)
            throw AppError(
                .backup,
                "The database was not backed up: \(result.standardError)\nThe pg_dump of your server's version has to be "
                    + "installed, and \(folder.path) needs room."
            )
        }
        folder.removeOldMigrationBackups()
        return file
    }

    func environment() -> [Environment.Key: String] {
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
}

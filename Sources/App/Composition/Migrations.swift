import Engine
import Logging
import Postgres
import Web

/// Brings a database's tables to the shape that this program knows.
struct Migrations: Sendable {
    private let configuration: ServerConfiguration
    private let access: DatabaseAccess
    private let logger: Logger

    init(_ configuration: ServerConfiguration, access: DatabaseAccess, logger: Logger) {
        self.configuration = configuration
        self.access = access
        self.logger = logger
    }

    func bringUp() async throws {
        try await withMigrator { _ = try await $0.up() }
    }

    private static func make(_ backup: DatabaseBackup) async throws -> String {
        do {
            return try await backup.make(.migration)
        } catch let error as AppError {
            throw AppError(
                .backup,
                "Nothing was migrated, because the backup before it failed. \(error.message)\n"
                    + "Or set ALMA_MIGRATION_BACKUP=false after a backup of your own."
            )
        }
    }

    /// Lends a migrator on a connection of its own, as the owner of the tables.
    func withMigrator<Result: Sendable>(_ body: (Migrator) async throws -> Result) async throws -> Result {
        let database = Database(access.administration, logger: logger)
        let backup = DatabaseBackup(
            folder: BackupFolder(path: configuration.backupFolder),
            database: access.administration
        )
        let makesBackup = configuration.backsUpBeforeMigration
        let migrator = Migrator(
            database: database,
            directory: "\(configuration.resourceFolder)/Migrations",
            logger: logger,
            backup: { makesBackup ? try await Self.make(backup) : nil }
        )
        do {
            let result = try await body(migrator)
            await database.close()
            return result
        } catch {
            await database.close()
            throw error
        }
    }
}

import Engine
import Logging
import Postgres

/// Brings a database's tables to the shape that this program knows.
struct Migrations: Sendable {
    private let configuration: ServerConfiguration
    private let data: DataFolder
    private let access: DatabaseAccess
    private let logger: Logger

    init(_ configuration: ServerConfiguration, data: DataFolder, access: DatabaseAccess, logger: Logger) {
        self.configuration = configuration
        self.data = data
        self.access = access
        self.logger = logger
    }

    func bringUp() async throws {
        try await withMigrator { _ = try await $0.up() }
    }

    /// Lends a migrator on a connection of its own, as the owner of the tables.
    func withMigrator<Result: Sendable>(_ body: (Migrator) async throws -> Result) async throws -> Result {
        let database = Database(access.administration, logger: logger)
        let backup = DatabaseBackup(folder: data, database: access.administration)
        let makesBackup = configuration.backsUpBeforeMigration
        let migrator = Migrator(
            database: database,
            directory: "\(configuration.resourceFolder)/Migrations",
            logger: logger,
            backup: { makesBackup ? try await backup.make() : nil }
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

import ArgumentParser
import Logging
import Postgres
import Storage
import Web

/// `alma backup`: a copy of the database, while the server runs or not.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the database into the folder of backups (ALMA_BACKUPS), and say where."
    )

    @OptionGroup var common: ConfigurationOptions

    func run() async throws {
        let (configuration, logger) = try await common.read()
        let data = try DataFolder(path: configuration.dataFolder)
        let access = try await DatabaseAccess.open(configuration, in: data, sharing: .guest, logger: logger)
        do {
            try await note(in: access.administration, logger)
            let backup = DatabaseBackup(
                folder: BackupFolder(path: configuration.backupFolder),
                database: access.administration
            )
            Terminal.say(try await backup.make(.manual))
            await access.close()
        } catch {
            await access.close()
            throw error
        }
    }

    /// It holds everything of everybody: what cannot be written down is not done. But where nothing at all can be written, a copy is
    /// needed most.
    private func note(in configuration: DatabaseConfiguration, _ logger: Logger) async throws {
        let database = Database(configuration, logger: logger)
        do {
            try await AuditEntry("backup.begun").write(to: database, from: Alma.place)
            await database.close()
        } catch let error as DatabaseError where error.forbidsWriting {
            await database.close()
            Terminal.note(
                "WARNING: the audit keeps no record of this backup, as the database cannot be written: \(error.message)"
            )
        } catch {
            await database.close()
            throw AppError(.backup, "The database was not backed up, because the audit of it was not written: \(error)")
        }
    }
}

extension DatabaseError {
    /// Whether the database can be read and not written: it is a standby or read-only, or its disk is full.
    var forbidsWriting: Bool { ["25006", "53100"].contains(sqlState) }
}

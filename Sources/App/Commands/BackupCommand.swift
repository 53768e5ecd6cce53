import ArgumentParser
import Logging
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
}

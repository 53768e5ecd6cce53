import ArgumentParser
import Foundation
import Logging
import Storage
import Web

/// `alma restore`: the database as a backup has it.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract:
            "Bring the database back to a backup. Stop all servers and workers first; what is there is backed up before."
    )

    @Argument(
        help: "A backup: a file of the folder of backups, of “alma backup”, or of pg_dump --format=custom.",
        completion: .file()
    )
    var file: String

    @OptionGroup var common: ConfigurationOptions

    func run() async throws {
        let (configuration, logger) = try await common.read()
        let path = URL(fileURLWithPath: file).path
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw AppError(.backup, "\(path) cannot be read.")
        }
        let data = try DataFolder(path: configuration.dataFolder)
        // As the owner: a server that runs on this folder must be stopped first.
        let access = try await DatabaseAccess.open(configuration, in: data, sharing: .owner, logger: logger)
        do {
            // In a new database this makes the role that a backup gives its rights to.
            try await Migrations(configuration, access: access, logger: logger).bringUp()
            _ = try await ApplicationRole.configuration(for: access.application, logger: logger)
            let backup = DatabaseBackup(
                folder: BackupFolder(path: configuration.backupFolder),
                database: access.administration
            )
            let before = try await backup.make(.manual)
            Terminal.say("What was there is in \(before)")
            try await backup.restore(path)
            Terminal.say("The database is as \(path) has it. The next start brings its tables up to this version.")
            await access.close()
        } catch {
            await access.close()
            throw error
        }
    }
}

import Foundation
import Logging
import Postgres
import Subprocess

extension DatabaseBackup {
    /// Puts a backup in the place of everything that the database holds. When it fails, the database is neither: the backup
    /// before has to be given back.
    func restore(_ file: String) async throws {
        let database = Database(database, logger: Logger(label: "restore"))
        do {
            // Tables that are newer than the backup would be in its way.
            try await database.batch(["drop schema public cascade", "create schema public"])
            await database.close()
        } catch {
            await database.close()
            throw error
        }
        let result = try await Subprocess.run(
            .name("pg_restore"),
            arguments: [
                "--exit-on-error", "--no-owner", "--no-password", "--dbname", self.database.database ?? "alma", file,
            ],
            environment: .custom(environment()),
            output: .discarded,
            error: .string(limit: 64 * 1024)
        )
        guard result.terminationStatus.isSuccess else {
            throw AppError(.backup, "\(file) was not restored: \(result.standardError)")
        }
    }
}

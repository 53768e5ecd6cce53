import Engine
import Foundation
import Subprocess

extension DatabaseBackup {
    /// Puts a backup in the place of everything that the database holds, in one transaction: when the file is broken, or none of
    /// ours, or the process dies, everything stays as it was.
    func restore(_ file: String) async throws {
        try folder.prepare()
        // Of two at once each would put back half of what the other one has written.
        let lock = try BackupFolderLock(folder)
        defer { withExtendedLifetime(lock) {} }
        let script = folder.script
        try folder.begin(script)
        defer { unlink(script) }
        // All of the file is read before anything is touched.
        try await must("pg_restore", ["--no-owner", "--file", script, file], restoring: file)
        try await must(
            "psql",
            [
                "--no-psqlrc", "--quiet", "--no-password", "--single-transaction", "--set", "ON_ERROR_STOP=1",
                "--command", "set client_min_messages = error",
                // Tables that are newer than the backup would be in its way.
                "--command", "drop schema public cascade", "--command", "create schema public", "--file", script,
                // What is not ours has no such table.
                "--command", "select version from public.schema_migrations limit 1",
                // The script leaves it off, and the audit has rules about its rows.
                "--command", "set row_security = on", "--command", Self.audit(of: file),
            ],
            restoring: file
        )
    }

    /// That somebody at the machine has put it back, in what is put back: both or neither.
    private static func audit(of file: String) -> String {
        let name = URL(fileURLWithPath: file).lastPathComponent.unicodeScalars.prefix(200)
        let target = String(String.UnicodeScalarView(name)).replacing("'", with: "''")
        return """
            insert into public.audit_events (audit_id, action, target, address)
            values ('\(UUID.v7().text)', 'backup.restored', '\(target)', '\(Alma.place)')
            """
    }

    private func must(_ program: String, _ arguments: [String], restoring file: String) async throws {
        let result = try await Subprocess.run(
            .name(program),
            arguments: Arguments(arguments),
            environment: .custom(environment()),
            output: .discarded,
            error: .string(limit: 64 * 1024)
        )
        guard result.terminationStatus.isSuccess else {
            throw AppError(.backup, "\(file) was not restored, and nothing has changed: \(result.standardError)")
        }
    }
}

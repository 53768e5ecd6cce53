import Fetch
import Logging
import Postgres
import Sandbox
import Web

/// Gathers what the page about the system's health says of this process and its machine.
struct HostFacts: Sendable {
    let data: DataFolder
    let backups: String
    let sandbox: SandboxPart
    let mail: ServerConfiguration.Mail?
    let migrations: Migrations
    let logger: Logger

    func gather() async -> SystemFacts {
        SystemFacts(
            sandbox: sandboxState,
            mail: mail.map {
                .init(
                    server: "\($0.server.host):\($0.server.port)",
                    security: $0.server.protection.rawValue,
                    sender: $0.sender.address
                )
            },
            disks: disks,
            programs: [.init(name: "ALMA", version: Version.current)]
                + LoadedLibraries.versions.map { .init(name: $0.name, version: $0.version) },
            migrations: await migrationState()
        )
    }

    private var sandboxState: SystemFacts.Sandbox {
        switch sandbox {
        case .ready(let sandbox): .ready(summary: sandbox.report.summary, isComplete: sandbox.report.isComplete)
        case .unavailable(let reason): .unavailable(reason: reason)
        case .off: .off
        }
    }

    private var disks: [SystemFacts.Disk] {
        [("data", data.path), ("backups", backups)].compactMap { name, path in
            DiskSpace(at: path).map {
                SystemFacts.Disk(name: name, path: path, freeBytes: $0.freeBytes, totalBytes: $0.totalBytes)
            }
        }
    }

    /// Asked anew each time: another version of the program may have been at the database meanwhile.
    private func migrationState() async -> SystemFacts.Migrations? {
        do {
            let all = try await migrations.withMigrator { try await $0.status() }
            let applied = all.filter { $0.appliedAt != nil }
            return SystemFacts.Migrations(
                applied: applied.count,
                latest: applied.last.map { "\($0.version) \($0.name)" },
                pending: all.filter { $0.appliedAt == nil }.map { "\($0.version) \($0.name)" }
            )
        } catch {
            logger.warning("The migrations could not be looked at", metadata: ["error": "\(error)"])
            return nil
        }
    }
}

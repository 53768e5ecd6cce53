package import Logging

/// Brings the schema of a database to where the files of a directory say, one migration a transaction.
///
/// Any number of processes may start at once: a lock in the database lets one of them work, the others wait and then
/// find nothing to do.
package struct Migrator: Sendable {
    private let configuration: DatabaseConfiguration
    private let directory: String
    private let logger: Logger
    private let backup: (@Sendable () async throws -> String?)?

    /// `backup` is called before the first change to a database that holds data, and says where it put the backup;
    /// when it throws, nothing is changed.
    package init(
        database: Database,
        directory: String,
        logger: Logger,
        backup: (@Sendable () async throws -> String?)? = nil
    ) {
        // A migration may take longer than any statement of daily work.
        var configuration = database.configuration
        configuration.statementTimeout = .zero
        self.configuration = configuration
        self.directory = directory
        self.logger = logger
        self.backup = backup
    }

    /// Every migration that there is, in order. Changes nothing and waits for nobody.
    package func status() async throws -> [Migration] {
        let files = try MigrationFile.all(in: directory)
        let ledger = try await MigrationSession.with(configuration) { try await $0.ledger(of: files) }
        return files.map {
            Migration(version: $0.version, name: $0.name, appliedAt: ledger.applied[$0.version]?.appliedAt)
        }
    }

    /// Applies what is not applied yet, up to a version and including it; answers with what was done or, in a dry
    /// run, what would be.
    @discardableResult
    package func up(to version: Int? = nil, dryRun: Bool = false) async throws -> [Migration] {
        try await run(dryRun: dryRun) { ledger in
            try ledger.pending(upTo: version).map { file in Step(file: file, script: file.up, isUp: true) }
        }
    }

    /// Takes back the latest migrations.
    @discardableResult
    package func down(steps: Int = 1, dryRun: Bool = false) async throws -> [Migration] {
        try await run(dryRun: dryRun) { ledger in
            try ledger.latest(steps).map { file in
                guard let down = file.down else {
                    throw DatabaseError(.migration, "the migration \(file.version) \(file.name) has no way back")
                }
                return Step(file: file, script: down, isUp: false)
            }
        }
    }

    private struct Step {
        var file: MigrationFile
        var script: String
        var isUp: Bool
    }

    private func run(dryRun: Bool, _ plan: (MigrationLedger) throws -> [Step]) async throws -> [Migration] {
        let files = try MigrationFile.all(in: directory)
        return try await MigrationSession.with(configuration) { session in
            if !dryRun { try await session.lock() }
            let steps = try plan(try await session.ledger(of: files))
            if !dryRun, !steps.isEmpty {
                try await keepBackup(in: session)
                for step in steps { try await perform(step, in: session) }
            }
            return steps.map { Migration(version: $0.file.version, name: $0.file.name) }
        }
    }

    private func keepBackup(in session: MigrationSession) async throws {
        guard let backup, try await session.holdsData(), let place = try await backup() else { return }
        logger.notice("the database was backed up", metadata: ["backup": "\(place)"])
    }

    private func perform(_ step: Step, in session: MigrationSession) async throws {
        let name = "\(step.file.version) \(step.file.name)"
        do {
            try await session.run(step.script, recording: step.isUp ? .applied(step.file) : .takenBack(step.file))
        } catch var error as DatabaseError {
            error.message = "the migration \(name) failed, and nothing of it was kept: \(error.message)"
            throw error
        }
        logger.notice("migration \(step.isUp ? "applied" : "taken back")", metadata: ["migration": "\(name)"])
    }
}

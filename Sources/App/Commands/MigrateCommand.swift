import ArgumentParser
import Engine
import Logging
import Postgres

/// `alma migrate`: the shape of the database's tables, looked at and changed by hand. `serve` brings it up by itself.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Show or change the version of the database's tables.",
        subcommands: [Up.self, Down.self, Status.self],
        defaultSubcommand: Status.self
    )

    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Apply the migrations that are missing.")

        @Flag(help: "Say what would be done, and do nothing.")
        var dryRun = false

        @Option(help: "The last number to apply; all when not given.")
        var to: Int?

        @OptionGroup var common: ConfigurationOptions

        func run() async throws {
            try await MigrateCommand.withMigrator(common) { migrator in
                let done = try await migrator.up(to: to, dryRun: dryRun)
                MigrateCommand.report(done, verb: dryRun ? "would apply" : "applied")
            }
        }
    }

    struct Down: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Undo the newest migrations. What only they could hold is lost; a backup is made first."
        )

        @Flag(help: "Say what would be done, and do nothing.")
        var dryRun = false

        @Option(help: "How many to undo.")
        var steps = 1

        @OptionGroup var common: ConfigurationOptions

        func validate() throws {
            if steps < 1 { throw ValidationError("--steps must be 1 or more.") }
        }

        func run() async throws {
            try await MigrateCommand.withMigrator(common) { migrator in
                let done = try await migrator.down(steps: steps, dryRun: dryRun)
                MigrateCommand.report(done, verb: dryRun ? "would undo" : "undid")
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the migrations and which are applied.")

        @OptionGroup var common: ConfigurationOptions

        func run() async throws {
            try await MigrateCommand.withMigrator(common) { migrator in
                for migration in try await migrator.status() {
                    let applied = migration.appliedAt.map { "applied \($0.iso8601Milliseconds)" } ?? "not applied"
                    Terminal.say("\(migration.title)  \(applied)")
                }
            }
        }
    }

    private static func report(_ migrations: [Migration], verb: String) {
        if migrations.isEmpty { Terminal.say("Nothing to do.") }
        for migration in migrations { Terminal.say("\(verb) \(migration.title)") }
    }

    private static func withMigrator(
        _ common: ConfigurationOptions,
        _ body: @Sendable (Migrator) async throws -> Void
    ) async throws {
        let (configuration, logger) = try await common.read()
        let data = try DataFolder(path: configuration.dataFolder)
        let access = try await DatabaseAccess.open(configuration, in: data, sharing: .guest, logger: logger)
        do {
            try await Migrations(configuration, access: access, logger: logger).withMigrator(body)
            await access.close()
        } catch {
            await access.close()
            throw error
        }
    }
}

extension Migration {
    /// As its files are called.
    fileprivate var title: String {
        let number = String(version)
        return String(repeating: "0", count: max(0, 3 - number.count)) + number + "_" + name
    }
}

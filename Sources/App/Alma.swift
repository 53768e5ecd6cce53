import ArgumentParser

/// The command line: `alma serve` and what an operator needs beside it.
@main
struct Alma: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alma",
        abstract: "Self-hosted agents for a team: pages, API, streams and workers in one program.",
        version: Version.current,
        subcommands: [
            ServeCommand.self, WorkerCommand.self, MigrateCommand.self, BackupCommand.self, RestoreCommand.self,
            UserCommand.self, DoctorCommand.self,
            LoginCommand.self, ApprovalsCommand.self, ToolsCommand.self,
        ]
    )
}

/// The release that this source is.
enum Version {
    static let current = "0.1.0"
}

import ArgumentParser

/// The command line: `alma serve` and what an operator needs beside it, and what a person asks a server from a terminal.
@main
struct Alma: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alma",
        abstract: "Self-hosted agents for a team: pages, API, streams and workers in one program.",
        version: Version.current,
        groupedSubcommands: [
            CommandGroup(
                name: "A server and its data",
                subcommands: [
                    ServeCommand.self, WorkerCommand.self, MigrateCommand.self, BackupCommand.self, RestoreCommand.self,
                    UserCommand.self, DoctorCommand.self, ToolsCommand.self,
                ]
            ),
            CommandGroup(
                name: "At a server, as a person",
                subcommands: [
                    LoginCommand.self, LogoutCommand.self, WhoamiCommand.self, ChatCommand.self, RunCommand.self,
                    ApprovalsCommand.self, RunsCommand.self, ConversationsCommand.self, AgentsCommand.self,
                    ModelsCommand.self, UsageCommand.self, KeysCommand.self,
                ]
            ),
            CommandGroup(name: "A shell", subcommands: [CompletionsCommand.self]),
        ]
    )

    /// Where those are who are at the machine itself, for the audit.
    static let place = "command line"

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    /// Says what is wrong, and ends with the code that docs/command-line.md promises for it.
    private static func end(with error: any Error) -> Never {
        if let failure = error as? CommandFailure {
            Terminal.note("alma: \(failure)")
            exit(withError: ExitCode(failure.code.rawValue))
        }
        guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
        Terminal.note(fullMessage(for: error))
        exit(withError: ExitCode(CommandFailure.Code.usage.rawValue))
    }
}

/// The release that this source is.
enum Version {
    static let current = "0.1.0"
}

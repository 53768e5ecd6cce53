import ArgumentParser
import Engine

/// `alma runs`: what became of turns.
struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List, show, follow and stop runs.",
        subcommands: [List.self, Show.self, Follow.self, Stop.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List your runs, the newest first.")

        @Option(help: "live for all that have not ended, or states parted by commas.")
        var state: String?

        @Option(help: "In this conversation.")
        var conversation: String?

        @OptionGroup var count: Count

        @OptionGroup var options: ClientOptions

        func run() async throws {
            try await options.withClient { client in
                var query = [(name: "state", value: state)]
                if let conversation {
                    query.append(("conversation_id", try await Finder(client: client).conversation(conversation)))
                }
                options.show(try await client.list("/v1/runs", query, limit: count.limit), .runs)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a run; with --json all that worked for it.")

        @OptionGroup var one: OneRun

        func run() async throws {
            try await one.withIt { client, id in
                let run = try await client.get("/v1/runs/\(id)" + (one.options.json ? "/tree" : ""))
                one.options.show(run) { Listing.run.details($0, $1) }
            }
        }
    }

    struct Follow: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell a run from its beginning to its end, as `alma run` does. Ctrl-C leaves it at work."
        )

        @Argument(help: "The run's key, or the end of it.")
        var id: String

        @Flag(name: .customLong("stream-json"), help: "Print the records of its log as they come, then the result.")
        var streamsEvents = false

        @OptionGroup var watching: WatchOptions

        func run() async throws {
            try await watching.options.withClient { client in
                let run = try await client.get("/v1/runs/\(try await Finder(client: client).run(id))")
                guard let watched = WatchedRun(run) else { throw CommandFailure.notALMA(client.server) }
                try await watching.see(client, streamsEvents: streamsEvents, stopsRun: false) { watched }
            }
        }
    }

    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stop a run.")

        @OptionGroup var one: OneRun

        func run() async throws {
            try await one.withIt { client, id in
                let run = try await client.post("/v1/runs/\(id)/cancellation", .object([:]))
                one.options.show(run) { run, _ in "The run is \(run["state"]?.string ?? "there")." }
            }
        }
    }
}

/// The run that a command is about.
struct OneRun: ParsableArguments {
    @Argument(help: "The run's key, or the end of it.")
    var id: String

    @OptionGroup var options: ClientOptions

    func withIt(_ body: (ServerClient, String) async throws -> Void) async throws {
        try await options.withClient { client in
            try await body(client, try await Finder(client: client).run(id))
        }
    }
}

import ArgumentParser
import Engine
import Foundation

/// `alma run`: one question, its answer on standard output.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Have one question answered: the answer on standard output, all else on standard error.",
        discussion: """
            Ends with 0 answered, 1 failed, 2 wrong use, 3 an approval or answer is needed, 4 not signed in or not allowed, \
            5 not found, 6 the server is not reached, 124 --timeout, 130 stopped.
            """
    )

    @Argument(help: "What to say; - reads it from standard input.")
    var prompt: String

    @Option(help: "Say it in this conversation; a new one when none is named.")
    var conversation: String?

    @Option(help: "A file to send along, may be given several times; - is standard input.", completion: .file())
    var file: [String] = []

    @Option(help: "Stop after this time: seconds, or like 90s, 5m, 1h.")
    var timeout: TimeSpan?

    @Flag(name: .customLong("stream-json"), help: "Print the records of the log as they come, then the result.")
    var streamsEvents = false

    @OptionGroup var turn: TurnOptions

    func validate() throws {
        if streamsEvents, turn.watching.options.json { throw ValidationError("Use --json or --stream-json, not both.") }
        if prompt == "-", file.contains("-") {
            throw ValidationError("Standard input is the message or a file, not both.")
        }
        if prompt.trimmed.isEmpty { throw ValidationError("The message is empty.") }
    }

    func run() async throws {
        let content = prompt == "-" ? try InputFile.standardInput.text(isRepaired: true) : prompt
        let files = file.map(InputFile.init)
        for one in files where !one.isReadable { throw one.unreadable }
        try await turn.watching.options.withClient { client in
            var known: String?
            if let conversation { known = try await Finder(client: client).conversation(conversation) }
            var start = try await turn.start(client, in: known)
            start.files = files
            try await turn.watching.see(client, timeout: timeout?.duration, streamsEvents: streamsEvents) { [start] in
                try await start.sayOnce(content)
            }
        }
    }
}

/// A time as people write it: `90`, `90s`, `5m`, `1h`.
struct TimeSpan: ExpressibleByArgument, Equatable {
    let duration: Duration

    init?(argument: String) {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600]
        let unit = argument.last.flatMap { units[$0] }
        guard let number = Int(unit == nil ? argument : String(argument.dropLast())), 1...1_000_000 ~= number else {
            return nil
        }
        duration = .seconds(number * (unit ?? 1))
    }
}

import ArgumentParser
import Engine
import Foundation

/// `alma usage`: what model calls have cost.
struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage",
        abstract: "Show what model calls have cost: the last thirty days by day, unless said otherwise."
    )

    enum Grouping: String, CaseIterable, ExpressibleByArgument {
        case day, model, agent, user, organization
    }

    @Option(help: "What the sums are of.")
    var by = Grouping.day

    @Option(help: "The first day, as 2026-11-21.")
    var from: String?

    @Option(help: "The last day.")
    var to: String?

    @Flag(help: "Only your own calls, where you lead an organisation.")
    var own = false

    @Flag(help: "All organisations, for administrators.")
    var all = false

    @Flag(help: "Print CSV.")
    var csv = false

    @OptionGroup var options: ClientOptions

    func validate() throws {
        if csv, options.json { throw ValidationError("Use --json or --csv, not both.") }
        if own, all { throw ValidationError("Use --own or --all, not both.") }
    }

    func run() async throws {
        let path = all ? "/v1/admin/usage" : "/v1/usage"
        let query: [(name: String, value: String?)] = [
            ("group_by", by.rawValue), ("from", from), ("to", to), ("scope", own ? "own" : nil),
            ("format", csv ? "csv" : nil),
        ]
        try await options.withClient { client in
            guard csv else { return options.show(try await client.get(path, query).array ?? [], .usage) }
            let text = try await client.text(ServerCall("GET", path, query))
            Terminal.write(TerminalTraits.now().harmless(text), to: .standardOutput)
        }
    }
}

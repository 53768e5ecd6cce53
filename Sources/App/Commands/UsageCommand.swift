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
        case day, model, agent, user, key, organization
    }

    @Option(help: "What the sums are of.")
    var by = Grouping.day

    @Option(help: "The first day, as 2026-11-21.")
    var from: String?

    @Option(help: "The last day.")
    var to: String?

    @Option(help: "Only of this model, by its name.")
    var model: String?

    @Option(help: "Only of this agent: its name, or its key or the end of it.")
    var agent: String?

    @Option(help: "Only of this person: their key, or for those who may see accounts their e-mail address or name.")
    var user: String?

    @Option(help: "Only of programs with this API key: the key's name, or its own key or the end of it.")
    var key: String?

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
        try await options.withClient { client in
            let finder = Finder(client: client)
            let query: [(name: String, value: String?)] = [
                ("group_by", by.rawValue), ("from", from), ("to", to), ("scope", own ? "own" : nil),
                ("model", model), ("agent_id", try await id(agent, "agent_id", finder.agent)),
                ("user_id", try await id(user, "user_id", finder.user)),
                ("key_id", try await id(key, "key_id", finder.key)), ("format", csv ? "csv" : nil),
            ]
            guard csv else { return options.show(try await client.get(path, query).array ?? [], .usage) }
            let text = try await client.text(ServerCall("GET", path, query))
            Terminal.write(TerminalTraits.now().harmless(text), to: .standardOutput)
        }
    }

    /// A whole key is taken as it is: what was used may be gone, or be somebody else's.
    private func id(
        _ name: String?,
        _ field: String,
        _ find: (String) async throws(CommandFailure) -> JSONValue
    ) async throws(CommandFailure) -> String? {
        guard let name else { return nil }
        if let id = UUID(uuidString: name) { return id.uuidString.lowercased() }
        return try await find(name)[field]?.string
    }
}

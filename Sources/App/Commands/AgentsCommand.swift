import ArgumentParser
import Engine
import Foundation

/// `alma agents`: who can be talked to, and making one's own.
struct AgentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agents",
        abstract: "List, show, make, change, remove, export and import agents.",
        subcommands: [
            List.self, Show.self, Create.self, Update.self, Delete.self, Export.self, Import.self,
        ],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List agents.")

        @OptionGroup var options: ClientOptions

        func run() async throws {
            try await options.withClient { client in
                options.show(try await client.list("/v1/agents", limit: 1000), .agents)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show an agent with its instruction.")

        @Argument(help: "Its name, or its key or the end of it.")
        var agent: String

        @OptionGroup var options: ClientOptions

        func run() async throws {
            try await options.withClient { client in
                options.show(try await Finder(client: client).agent(agent)) { agent, traits in
                    let instruction = traits.harmless(agent["instruction"]?.string ?? "")
                    return Listing.agent.details(agent, traits) + "\n\n" + instruction
                }
            }
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make an agent.")

        @Argument(help: "Its name.")
        var name: String

        @OptionGroup var fields: AgentFields

        @OptionGroup var options: ClientOptions

        func run() async throws {
            try await options.withClient { client in
                var body = try await fields.body(client)
                guard body["instruction"] != nil else {
                    throw CommandFailure(.usage, "An agent needs --instruction or --instruction-file.")
                }
                body["name"] = .string(name)
                options.show(try await client.post("/v1/agents", .object(body))) { agent, _ in
                    "Made \(name.harmlessLine) (\(agent["agent_id"]?.string ?? ""))."
                }
            }
        }
    }

    struct Update: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Change an agent. What is not named stays.")

        @Argument(help: "Its name, or its key or the end of it.")
        var agent: String

        @Option(help: "Another name.")
        var name: String?

        @OptionGroup var fields: AgentFields

        @OptionGroup var options: ClientOptions

        func run() async throws {
            try await options.withClient { client in
                var body = try await fields.body(client)
                body["name"] = name.map { .string($0) }
                guard !body.isEmpty else { throw CommandFailure(.usage, "Name something that is to change.") }
                let id = try await Finder(client: client).agent(agent)["agent_id"]?.string ?? ""
                options.show(try await client.patch("/v1/agents/\(id)", .object(body))) { agent, _ in
                    "Changed \((agent["name"]?.string ?? "").harmlessLine)."
                }
            }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove an agent.")

        @Argument(help: "Its name, or its key or the end of it.")
        var agent: String

        @OptionGroup var consent: Consent

        @OptionGroup var options: ClientOptions

        func run() async throws {
            try await options.withClient { client in
                let found = try await Finder(client: client).agent(agent)
                let name = (found["name"]?.string ?? "").harmlessLine
                try consent.ask("Remove the agent \(name)?")
                try await client.delete("/v1/agents/\(found["agent_id"]?.string ?? "")")
                options.show(found) { _, _ in "Removed \(name)." }
            }
        }
    }
}

/// What can be said of an agent.
struct AgentFields: ParsableArguments {
    @Option(help: "How it is called on pages.")
    var displayName: String?

    @Option(help: "What it is for, in a sentence.")
    var description: String?

    @Option(help: "What it is told to do.")
    var instruction: String?

    @Option(help: "A file with what it is told to do; - is standard input.", completion: .file())
    var instructionFile: String?

    @Option(help: "The model that it uses.")
    var model: String?

    @Option(help: "The names of agents that it leads, parted by commas.")
    var team: NameList?

    @Option(help: "The names of tools that it has, parted by commas.")
    var tools: NameList?

    @Option(help: "Whether others of the organisation see it: true or false.", completion: .list(["true", "false"]))
    var shared: Bool?

    @Option(help: "active or disabled.", completion: .list(["active", "disabled"]))
    var status: String?

    func validate() throws {
        if instruction != nil, instructionFile != nil {
            throw ValidationError("Use --instruction or --instruction-file, not both.")
        }
    }

    /// As the API takes them; what is not named is left out.
    func body(_ client: ServerClient) async throws -> [String: JSONValue] {
        var body: [String: JSONValue] = [:]
        body["display_name"] = displayName.map { .string($0) }
        body["description"] = description.map { .string($0) }
        body["instruction"] = try (instruction ?? instructionFile.map { try InputFile($0).text() }).map { .string($0) }
        body["team"] = team?.json
        body["tools"] = tools?.json
        body["is_shared"] = shared.map { .bool($0) }
        body["status"] = status.map { .string($0) }
        if let model { body["model_id"] = try await Finder(client: client).model(model)["model_id"] }
        return body
    }
}

/// Names parted by commas; none for an empty text.
struct NameList: ExpressibleByArgument {
    let names: [String]

    init(argument: String) { names = argument.split(separator: ",").map { String($0).trimmed } }

    var json: JSONValue { .array(names.map { .string($0) }) }
}

/// Asks before something is gone.
struct Consent: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func ask(_ question: String) throws(CommandFailure) {
        guard !yes else { return }
        guard TerminalTraits.now().isInteractive else { throw CommandFailure(.usage, "\(question) Say so with --yes.") }
        Terminal.write("\(question) [y/N] ", to: .standardError)
        guard ["y", "yes"].contains((readLine() ?? "").trimmed.lowercased()) else {
            throw CommandFailure(.cancelled, "Nothing was changed.")
        }
    }
}

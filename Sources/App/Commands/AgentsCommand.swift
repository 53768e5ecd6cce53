import ArgumentParser
import Engine
import Foundation

/// `alma agents`: who can be talked to, and making one's own.
struct AgentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agents",
        abstract: "List, show, make, change, remove, export and import agents.",
        subcommands: [
            List.self, Show.self, Create.self, Update.self, Delete.self, Versions.self, Restore.self, Export.self,
            Import.self,
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
                let made = try await client.post("/v1/agents", .object(body))
                options.show(try await fields.equip(made, "The agent was made", client)) { agent, _ in
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
                guard !body.isEmpty || fields.equips else {
                    throw CommandFailure(.usage, "Name something that is to change.")
                }
                let found = try await Finder(client: client).agent(agent)
                let path = "/v1/agents/\(found["agent_id"]?.string ?? "")"
                let changed = try await body.isEmpty ? found : client.patch(path, .object(body))
                options.show(try await fields.equip(changed, "Its other fields were changed", client)) { agent, _ in
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

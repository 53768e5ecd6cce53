import ArgumentParser
import Engine

extension AgentsCommand {
    struct Versions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the versions of an agent, the newest first.")

        /// More are not kept.
        private static let most = 200

        @Argument(help: "Its name, or its key or the end of it.")
        var agent: String

        @OptionGroup var options: ClientOptions

        func run() async throws {
            try await options.withClient { client in
                let id = try await Finder(client: client).agent(agent)["agent_id"]?.string ?? ""
                options.show(try await client.list("/v1/agents/\(id)/versions", limit: Self.most), .agentVersions)
            }
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go back to a version of an agent.",
            discussion: "As a new version: what the agent is now stays among its versions."
        )

        @Argument(help: "Its name, or its key or the end of it.")
        var agent: String

        @Argument(help: "The number of the version, as `alma agents versions` lists it.")
        var version: Int

        @Flag(help: "Leave out what the version names and is not here any more.")
        var skipMissing = false

        @OptionGroup var options: ClientOptions

        func run() async throws {
            try await options.withClient { client in
                let id = try await Finder(client: client).agent(agent)["agent_id"]?.string ?? ""
                var call = ServerCall("POST", "/v1/agents/\(id)/versions/\(version)/restoration")
                call.query = [("missing", skipMissing ? "skip" : nil)]
                call.set(.object([:]))
                options.show(try await client.data(call)) { agent, _ in
                    "\((agent["name"]?.string ?? "").harmlessLine) is as in version \(version) again."
                }
            }
        }
    }
}

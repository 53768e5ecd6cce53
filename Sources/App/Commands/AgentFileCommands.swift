import ArgumentParser
import Engine
import Foundation

extension AgentsCommand {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Write an agent to standard output, as a file.")

        @Argument(help: "Its name, or its key or the end of it.")
        var agent: String

        @OptionGroup var place: ServerOptions

        func run() async throws {
            try await place.withClient { client in
                let id = try await Finder(client: client).agent(agent)["agent_id"]?.string ?? ""
                let file = try await client.text(ServerCall("GET", "/v1/agents/\(id)/export"))
                guard let json = try? JSONValue(parsing: file) else { throw CommandFailure.notALMA(client.server) }
                Terminal.say(json.pretty.harmlessJSON)
            }
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make an agent of a file.")

        @Argument(help: "The file; - is standard input.", completion: .file())
        var file: String

        @Option(help: "Its name here, in the place of the file's.")
        var name: String?

        @Flag(help: "Leave out what the file names and is not here.")
        var skipMissing = false

        @OptionGroup var options: ClientOptions

        func run() async throws {
            let text = try InputFile(file).text()
            var call = ServerCall("POST", "/v1/agents/import")
            call.query = [("name", name), ("missing", skipMissing ? "skip" : nil)]
            call.set(Array(text.utf8), type: "application/json")
            try await options.withClient { client in
                options.show(try await client.data(call)) { agent, _ in
                    "Made \((agent["name"]?.string ?? "").harmlessLine) (\(agent["agent_id"]?.string ?? ""))."
                }
            }
        }
    }
}

import ArgumentParser
import Engine

/// `alma models`: what agents can think with.
struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List models.",
        subcommands: [List.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List models.")

        @OptionGroup var options: ClientOptions

        func run() async throws {
            try await options.withClient { client in
                options.show(try await client.get("/v1/models").array ?? [], .models)
            }
        }
    }
}

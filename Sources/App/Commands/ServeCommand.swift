import ArgumentParser

/// `alma serve`: pages, API, streams and workers.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Start the server, with its workers and, unless told of another, its own PostgreSQL."
    )

    @OptionGroup var options: ServeOptions
    @OptionGroup var common: ConfigurationOptions

    func run() async throws {
        let (configuration, logger) = try await common.read(adding: options.flags)
        try await Program.build(configuration, as: .server, logger: logger).run()
    }
}

import ArgumentParser

/// `alma worker`: more hands for the servers that share a database.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Work on runs only; listen to nobody. Shares the database of a server."
    )

    @Option(help: "Runs that this process works on at once (ALMA_WORKERS, 256).")
    var workers: Int?

    @OptionGroup var common: ConfigurationOptions

    func run() async throws {
        let flags = workers.map { [ConfigurationFlag(.workers, $0)] } ?? []
        let (configuration, logger) = try await common.read(adding: flags)
        try await Program.build(configuration, as: .worker, logger: logger).run()
    }
}

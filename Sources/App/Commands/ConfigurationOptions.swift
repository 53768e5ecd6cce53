import ArgumentParser
import Logging

/// The flags that every command takes; they count more than the environment, `.env` and the file.
struct ConfigurationOptions: ParsableArguments {
    @Option(help: "Folder for everything ALMA keeps on disk (ALMA_DATA, ./data).", completion: .directory)
    var data: String?

    @Option(help: "trace, debug, info, warning or error (ALMA_LOG_LEVEL, info).")
    var logLevel: String?

    @Option(help: "text or json (ALMA_LOG_FORMAT, text).")
    var logFormat: String?

    var flags: [ConfigurationFlag] {
        [
            data.map { ConfigurationFlag(.data, $0) },
            logLevel.map { ConfigurationFlag(.logLevel, $0) },
            logFormat.map { ConfigurationFlag(.logFormat, $0) },
        ].compactMap { $0 }
    }

    /// The checked configuration, and the logger that it asks for.
    func read(adding more: [ConfigurationFlag] = []) async throws -> (ServerConfiguration, Logger) {
        let sources = try await ConfigurationSources.standard(flags: flags + more)
        let configuration = try ConfigurationReader.read(sources)
        return (configuration, LoggingSetup.logger(level: configuration.logLevel, format: configuration.logFormat))
    }
}

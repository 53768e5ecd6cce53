import ArgumentParser
import Foundation

/// `alma doctor`: what is configured, what is there, what is missing and what to do about it.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check the configuration and everything that ALMA needs. Changes nothing."
    )

    @OptionGroup var options: ServeOptions
    @OptionGroup var common: ConfigurationOptions

    func run() async throws {
        let sources = try await ConfigurationSources.standard(flags: common.flags + options.flags)
        let report = await Doctor(sources: sources).examine()
        Terminal.say(report.text)
        if report.hasFailures { throw ExitCode.failure }
    }
}

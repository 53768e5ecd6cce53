import ArgumentParser
import Engine
import Foundation

/// Asks before something is gone.
struct Consent: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func ask(_ question: String) throws(CommandFailure) {
        guard !yes else { return }
        guard TerminalTraits.now().isInteractive else { throw CommandFailure(.usage, "\(question) Say so with --yes.") }
        Terminal.write("\(question) [y/N] ", to: .standardError)
        guard ["y", "yes"].contains((readLine() ?? "").trimmed.lowercased()) else {
            throw CommandFailure(.declined, "Nothing was changed.")
        }
    }
}

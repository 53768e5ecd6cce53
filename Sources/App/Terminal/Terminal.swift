import Engine
import Foundation

/// What the program says to the person who started it; the log is elsewhere.
enum Terminal {
    static func say(_ text: String) { write(text + "\n", to: .standardOutput) }

    /// On standard error: how it goes, and what is wrong.
    static func note(_ text: String) { write(text + "\n", to: .standardError) }

    static func write(_ text: String, to file: FileHandle) {
        // Whoever read it may be gone; a program that tells of that would tell nobody.
        try? file.write(contentsOf: Data(text.utf8))
    }
}

/// What stands at the other end of the program's three streams.
struct TerminalTraits: Sendable, Equatable {
    var hasInput: Bool
    var hasOutput: Bool
    var hasError: Bool
    /// Columns; nil where no terminal says how many it has.
    var width: Int?
    /// Whether what is written may be emphasised.
    var hasColour: Bool

    /// Of this process.
    static func now(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> TerminalTraits {
        let (output, error) = (isatty(STDOUT_FILENO) == 1, isatty(STDERR_FILENO) == 1)
        let isPlain = environment["NO_COLOR"].map { !$0.isEmpty } ?? false || environment["TERM"] == "dumb"
        return TerminalTraits(
            hasInput: isatty(STDIN_FILENO) == 1,
            hasOutput: output,
            hasError: error,
            width: output ? width(STDOUT_FILENO) : error ? width(STDERR_FILENO) : nil,
            hasColour: !isPlain
        )
    }

    /// Whether a person can be asked something.
    var isInteractive: Bool { hasInput && hasError }

    /// Emphasis for standard output, if it may have any.
    func bold(_ text: String) -> String { hasOutput && hasColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    /// The same of standard error, where what is less important is dim.
    func dim(_ text: String) -> String { hasError && hasColour ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

    /// Text of a server's for standard output: harmless where a terminal would obey it, as it is where a program reads it.
    func harmless(_ text: String) -> String { hasOutput ? text.harmless : text }

    private static func width(_ descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}

import Engine
import Foundation

/// Takes a password or a key without it ever standing in the list of processes.
enum PasswordInput {
    /// From the first line of `file`, else asked for on a terminal, twice when it is new, else the first line of standard
    /// input.
    static func read(
        file: String?,
        isNew: Bool = true,
        prompt: String = "Password: "
    ) throws(CommandFailure) -> Secret {
        if let file {
            let lines = try InputFile(file).text().split(whereSeparator: \.isNewline)
            return try checked(lines.first.map(String.init))
        }
        guard isatty(STDIN_FILENO) == 1 else { return try checked(readLine(strippingNewline: true)) }
        let password = try checked(ask(prompt))
        guard !isNew || ask("Again: ") == password.reveal() else {
            throw CommandFailure(.usage, "The two passwords differ.")
        }
        return password
    }

    /// Something that may be seen.
    static func line(_ prompt: String) throws(CommandFailure) -> String {
        Terminal.write(prompt, to: .standardError)
        return try checked(readLine(strippingNewline: true)).reveal()
    }

    private static func checked(_ text: String?) throws(CommandFailure) -> Secret {
        guard let text, !text.isEmpty else { throw CommandFailure(.usage, "Nothing was entered.") }
        return Secret(text)
    }

    /// With the terminal's echo off.
    private static func ask(_ prompt: String) -> String? {
        var usual = termios()
        tcgetattr(STDIN_FILENO, &usual)
        var silent = usual
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        Terminal.write(prompt, to: .standardError)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &usual)
            Terminal.write("\n", to: .standardError)
        }
        return readLine(strippingNewline: true)
    }
}

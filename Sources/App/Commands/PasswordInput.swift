import Engine
import Foundation

/// Takes a password without it ever standing in the list of processes.
enum PasswordInput {
    /// From the first line of `file`, else asked for on a terminal, twice when it is new, else the first line of standard
    /// input.
    static func read(file: String?, isNew: Bool = true) throws(AppError) -> Secret {
        if let file { return try first(lineOf: file) }
        guard isatty(STDIN_FILENO) == 1 else { return try checked(readLine(strippingNewline: true)) }
        let password = try checked(ask("Password: "))
        guard !isNew || ask("Again: ") == password.reveal() else {
            throw AppError(.account, "The two passwords differ.")
        }
        return password
    }

    private static func first(lineOf file: String) throws(AppError) -> Secret {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw AppError(.account, "The password file \(file) cannot be read.")
        }
        return try checked(text.split(whereSeparator: \.isNewline).first.map(String.init))
    }

    private static func checked(_ text: String?) throws(AppError) -> Secret {
        guard let text, !text.isEmpty else { throw AppError(.account, "The password is empty.") }
        return Secret(text)
    }

    /// With the terminal's echo off.
    private static func ask(_ prompt: String) -> String? {
        FileHandle.standardError.write(Data(prompt.utf8))
        var usual = termios()
        tcgetattr(STDIN_FILENO, &usual)
        var silent = usual
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &usual)
            FileHandle.standardError.write(Data("\n".utf8))
        }
        return readLine(strippingNewline: true)
    }
}

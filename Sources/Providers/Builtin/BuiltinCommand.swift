/// What the scripted model does on request: a line that begins with a slash.
enum BuiltinCommand: Equatable {
    case help
    case long(words: Int)
    case slow(milliseconds: Int)
    case tool(name: String, arguments: String)
    case fail(String)
    case stall
    case echo(String)
    case markdown
    case reasoning

    /// nil for an ordinary message. A command that cannot be read asks for help.
    init?(_ message: String) {
        let message = message.drop { $0.isWhitespace }
        guard message.first == "/" else { return nil }
        let name = message.dropFirst().prefix { !$0.isWhitespace }
        let rest = message[name.endIndex...].drop { $0.isWhitespace }
        switch name.lowercased() {
        case "long": self = .long(words: min(max(Int(rest.word) ?? 500, 1), 100_000))
        case "slow": self = .slow(milliseconds: min(max(Int(rest.word) ?? 500, 1), 10_000))
        case "tool":
            self = rest.isEmpty ? .help : .tool(name: String(rest.word), arguments: Self.arguments(rest))
        case "fail": self = .fail(rest.word.lowercased())
        case "stall": self = .stall
        case "echo": self = .echo(String(rest))
        case "markdown": self = .markdown
        case "reasoning": self = .reasoning
        default: self = .help
        }
    }

    /// What stands behind the tool's name, as it is, so that bad JSON can be tried too.
    private static func arguments(_ rest: Substring) -> String {
        let arguments = rest[rest.word.endIndex...].drop { $0.isWhitespace }
        return arguments.isEmpty ? "{}" : String(arguments)
    }
}

extension Substring {
    fileprivate var word: Substring { prefix { !$0.isWhitespace } }
}

import ArgumentParser
import Engine
import Foundation

/// `alma chat`: a conversation at the terminal; what is piped into it is one message.
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Talk with an agent.",
        discussion: """
            A conversation is named by its key or the end of it. An answer that is under way in it is taken up. What is piped \
            into the command is one message, and its answer alone stands on standard output.
            """
    )

    @Argument(help: "The conversation; a new one when none is named.")
    var conversation: String?

    @Flag(help: "Begin a new conversation.")
    var new = false

    @Flag(help: "Take up the conversation that was used last.")
    var last = false

    @OptionGroup var turn: TurnOptions

    func validate() throws {
        let ways = [conversation != nil, new, last].count { $0 }
        if ways > 1 { throw ValidationError("Name a conversation, or use --new or --last, not several of them.") }
    }

    func run() async throws {
        try await turn.watching.options.withClient { client in
            let traits = TerminalTraits.now()
            let start = try await turn.start(client, in: try await opened(client))
            guard !traits.isInteractive else { return try await talk(start, traits) }
            let content = try InputFile.standardInput.text(isRepaired: true)
            try await turn.watching.see(client) { try await start.sayOnce(content) }
        }
    }

    private func talk(_ start: TurnStart, _ traits: TerminalTraits) async throws {
        if turn.watching.options.json { throw CommandFailure(.usage, "--json is for a message that is piped in.") }
        let policy = try turn.watching.policy(traits)
        try await Interrupts.during { interrupts in
            let screen = TurnScreen(traits, traits.hasOutput ? .words : .answer, isQuiet: turn.watching.quiet)
            let session = ChatSession(start, screen, policy, interrupts)
            try await session.run()
        }
    }

    private func opened(_ client: ServerClient) async throws -> String? {
        if let conversation { return try await Finder(client: client).conversation(conversation) }
        guard last else { return nil }
        let all = try await client.list("/v1/conversations", limit: 100)
        let newest = all.max { ($0["last_message_at"]?.string ?? "") < ($1["last_message_at"]?.string ?? "") }
        guard let newest else { throw CommandFailure(.notFound, "There is no conversation yet.") }
        return newest["conversation_id"]?.string
    }
}

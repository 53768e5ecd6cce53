import ArgumentParser
import Engine
import Foundation

/// `alma conversations`: one's conversations, found, read, put away.
struct ConversationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conversations",
        abstract: "List, search, show, rename, archive, delete and export conversations.",
        subcommands: [
            List.self, Search.self, Show.self, Rename.self, Archive.self, Restore.self, Delete.self, Export.self,
        ],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List conversations, the pinned first, then the newest."
        )

        @Flag(help: "Those that are put away.")
        var archived = false

        @Option(help: "Those whose title, summary or tags have this.")
        var search: String?

        @OptionGroup var count: Count

        @OptionGroup var options: ClientOptions

        func run() async throws {
            let query: [(name: String, value: String?)] = [
                ("is_archived", archived ? "true" : "false"), ("search", search),
            ]
            try await options.withClient { client in
                let found = try await client.list("/v1/conversations", query, limit: count.limit)
                options.show(found, .conversations)
            }
        }
    }

    struct Search: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Find what was said, by its words.")

        @Argument(help: "The words.")
        var words: [String]

        @OptionGroup var count: Count

        @OptionGroup var options: ClientOptions

        func run() async throws {
            let query = [(name: "search", value: Optional(words.joined(separator: " ")))]
            try await options.withClient { client in
                options.show(try await client.list("/v1/messages", query, limit: count.limit), .hits)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what was said in a conversation.")

        @OptionGroup var one: OneConversation

        func run() async throws {
            try await one.withIt { client, id in
                let transcript = try await Transcript(id, client)
                one.options.show(transcript.json) { _, traits in transcript.text(traits) }
            }
        }
    }

    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Give a conversation another title.")

        @OptionGroup var one: OneConversation

        @Argument(help: "The title.")
        var title: String

        func run() async throws { try await one.change(["title": .string(title)], "Renamed") }
    }

    struct Archive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Put a conversation away.")

        @OptionGroup var one: OneConversation

        func run() async throws { try await one.change(["is_archived": .bool(true)], "Archived") }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take out a conversation that was put away.")

        @OptionGroup var one: OneConversation

        func run() async throws { try await one.change(["is_archived": .bool(false)], "Restored") }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Delete a conversation; what runs in it is stopped.")

        @OptionGroup var one: OneConversation

        @OptionGroup var consent: Consent

        func run() async throws {
            try await one.withIt { client, id in
                let found = try await client.get("/v1/conversations/\(id)")
                let title = (found["title"]?.string ?? id).harmlessLine
                try consent.ask("Delete the conversation “\(title)”?")
                try await client.delete("/v1/conversations/\(id)")
                one.options.show(found) { _, _ in "Deleted “\(title)”." }
            }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a conversation to standard output: as Markdown, or with --json all of its messages."
        )

        @OptionGroup var one: OneConversation

        func run() async throws {
            try await one.withIt { client, id in
                let transcript = try await Transcript(id, client)
                one.options.show(transcript.json) { _, traits in traits.harmless(transcript.markdown) }
            }
        }
    }
}

/// How many of a list.
struct Count: ParsableArguments {
    @Option(name: .shortAndLong, help: "At most so many.")
    var limit = 50

    func validate() throws {
        if !(1...10_000).contains(limit) { throw ValidationError("--limit must be 1 to 10000.") }
    }
}

/// The conversation that a command is about.
struct OneConversation: ParsableArguments {
    @Argument(help: "The conversation's key, or the end of it.")
    var conversation: String

    @OptionGroup var options: ClientOptions

    func withIt(_ body: (ServerClient, String) async throws -> Void) async throws {
        try await options.withClient { client in
            try await body(client, try await Finder(client: client).conversation(conversation))
        }
    }

    /// `verb`: what was done, as it is told.
    func change(_ fields: [String: JSONValue], _ verb: String) async throws {
        try await withIt { client, id in
            let changed = try await client.patch("/v1/conversations/\(id)", .object(fields))
            options.show(changed) { found, _ in "\(verb) “\((found["title"]?.string ?? id).harmlessLine)”." }
        }
    }
}

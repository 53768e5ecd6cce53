import ArgumentParser
import Engine
import Foundation
import Storage

/// `alma keys`: API keys, by which programs ask in a person's name.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "List, make and revoke API keys.",
        discussion: "Keys are made and revoked by whoever has signed in with a password, not with a key.",
        subcommands: [List.self, Create.self, Revoke.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List your keys.")

        @OptionGroup var options: ClientOptions

        func run() async throws {
            try await options.withClient { client in
                options.show(try await client.get("/v1/api-keys").array ?? [], .keys)
            }
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key. It is shown this one time, alone on standard output."
        )

        @Argument(help: "What it is for.")
        var name: String

        private static let allScopes = APIKey.Scope.allCases.map(\.rawValue).joined(separator: ", ")

        @Option(help: "What it opens, parted by commas: \(Self.allScopes).")
        var scopes: NameList

        @Option(help: "After how many days it expires; never when not given.")
        var days: Int?

        @OptionGroup var options: ClientOptions

        func run() async throws {
            var body: [String: JSONValue] = ["name": .string(name), "scopes": scopes.json]
            body["expires_in_days"] = days.map { .number(.init($0)) }
            try await options.withClient { client in
                options.show(try await client.post("/v1/api-keys", .object(body))) { key, _ in
                    Terminal.note("Made “\(name.harmlessLine)”. This is the only time that the key is shown:")
                    return (key["key"]?.string ?? "").harmlessLine
                }
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Revoke a key.")

        @Argument(help: "Its name, or its key or the end of it, as the list shows it.")
        var key: String

        @OptionGroup var consent: Consent

        @OptionGroup var options: ClientOptions

        func run() async throws {
            try await options.withClient { client in
                let found = try await Finder(client: client).key(key)
                let name = (found["name"]?.string ?? "").harmlessLine
                try consent.ask("Revoke the key “\(name)”?")
                try await client.delete("/v1/api-keys/\(found["key_id"]?.string ?? "")")
                options.show(found) { _, _ in "Revoked “\(name)”." }
            }
        }
    }
}

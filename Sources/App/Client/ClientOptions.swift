import ArgumentParser
import Engine
import Fetch
import Foundation

/// Which server a command talks to.
struct ServerOptions: ParsableArguments {
    @Option(help: "The server's address (ALMA_URL, then the last `alma login`, then \(ServerAddress.usual)).")
    var server: String?

    @Flag(name: .customLong("plain-http"), help: "Send keys unencrypted to another machine: for networks you trust.")
    var trustsNetwork = false

    /// Calls `body` with a client of whoever is signed in: ALMA_TOKEN, or the login that is kept.
    func withClient(_ body: (ServerClient) async throws -> Void) async throws {
        let environment = ProcessInfo.processInfo.environment
        let login = try login(environment)
        do {
            try await Self.withFetch { fetch in
                let session = ClientSession(login, fetch, environment)
                try await body(ServerClient(fetch, server: login.server, session: session))
            }
        } catch var failure as CommandFailure where failure.status == 401 {
            // Whoever has given a token is not helped by a login: the token comes before it.
            let isLogin = Self.token(environment) == nil
            failure.description += isLogin ? " Use `alma login`." : " ALMA_TOKEN is not accepted."
            throw failure
        }
    }

    /// Where to ask or to sign in. `kept`: the login that is kept.
    func address(_ environment: [String: String], _ kept: Login?) throws -> ServerAddress {
        let text = server ?? environment["ALMA_URL"] ?? kept?.server ?? ServerAddress.usual
        let isTrusted = trustsNetwork || kept?.trusts(text) == true
        return try ServerAddress(text, trustsNetwork: isTrusted)
    }

    static func withFetch(_ body: (FetchClient) async throws -> Void) async throws {
        let fetch = FetchClient()
        do {
            try await body(fetch)
            await fetch.close()
        } catch {
            await fetch.close()
            throw error
        }
    }

    private static func token(_ environment: [String: String]) -> String? {
        environment["ALMA_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func login(_ environment: [String: String]) throws -> Login {
        let kept = Login.read(environment)
        let address = try address(environment, kept).text
        if let token = Self.token(environment) { return Login(server: address, key: token) }
        guard let kept, kept.isAt(address) else {
            throw CommandFailure(.forbidden, "Nobody is signed in at \(address). Use `alma login --server \(address)`.")
        }
        return kept
    }
}

/// What all commands that ask a server take.
struct ClientOptions: ParsableArguments {
    @OptionGroup var place: ServerOptions

    @Flag(help: "Print JSON.")
    var json = false

    func withClient(_ body: (ServerClient) async throws -> Void) async throws { try await place.withClient(body) }

    /// Prints what a server has answered: as it is, or in words.
    func show(_ value: JSONValue, _ words: (JSONValue, TerminalTraits) -> String) {
        let traits = TerminalTraits.now()
        Terminal.say(json ? (traits.hasOutput ? value.pretty : value.text).harmlessJSON : words(value, traits))
    }

    func show(_ items: [JSONValue], _ listing: Listing) {
        show(.array(items)) { _, traits in listing.text(items, traits) }
    }
}

import ArgumentParser
import Fetch
import Foundation

/// Which server a command talks to, and how its answers are printed.
struct ClientOptions: ParsableArguments {
    @Option(help: "The server's address (ALMA_URL, then the last `alma login`, then http://127.0.0.1:8000).")
    var server: String?

    @Flag(help: "Print JSON.")
    var json = false

    static let usualServer = "http://127.0.0.1:8000"

    /// Calls `body` with a client of whoever is signed in: ALMA_TOKEN, or the login that is kept. What the server refuses is
    /// said on standard error and is the command's exit code: 1 refused, 2 not reached, 3 sign in first.
    func withClient(_ body: (ServerClient) async throws -> Void) async throws {
        let environment = ProcessInfo.processInfo.environment
        let fetch = FetchClient()
        do {
            try await call(body, fetch, environment)
            await fetch.close()
        } catch let refusal as ServerRefusal {
            await fetch.close()
            FileHandle.standardError.write(Data("\(refusal)\n".utf8))
            throw ExitCode(refusal.code.rawValue)
        }
    }

    private func call(
        _ body: (ServerClient) async throws -> Void,
        _ fetch: FetchClient,
        _ environment: [String: String]
    ) async throws {
        let login = Login.read(environment)
        let address = server ?? environment["ALMA_URL"] ?? login?.server ?? Self.usualServer
        if let token = environment["ALMA_TOKEN"], !token.isEmpty {
            return try await body(ServerClient(fetch, server: address, token: token))
        }
        guard let login, login.server == address else {
            throw ServerRefusal(.signIn, "Nobody is signed in at \(address). Use `alma login --server \(address)`.")
        }
        do {
            try await body(ServerClient(fetch, server: address, token: login.token))
        } catch let refusal as ServerRefusal where refusal.code == .signIn {
            // Tokens live for minutes; the login lives on.
            guard let fresh = await login.refreshed(fetch) else { throw refusal }
            try fresh.write(environment)
            try await body(ServerClient(fetch, server: address, token: fresh.token))
        }
    }
}

import ArgumentParser
import Engine
import Fetch
import Foundation

/// `alma login`: signs in to a running server for the commands that talk to it.
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Sign in to a server, for the commands that talk to one.",
        discussion: """
            With e-mail and password, or with an API key. The login is kept in ~/.config/alma/login.json, for you alone; \
            the password is not kept. ALMA_URL and ALMA_TOKEN (a key or an access token) come before it.
            """
    )

    @OptionGroup var place: ServerOptions

    @Option(help: "The e-mail address that you sign in with.")
    var email: String?

    @Option(help: "A file whose first line is the password; else it is asked for.", completion: .file())
    var passwordFile: String?

    @Option(help: "An API key instead; with - it is asked for, or the first line of standard input.")
    var key: String?

    func validate() throws {
        if key != nil, email != nil || passwordFile != nil {
            throw ValidationError("Sign in with a key, or with e-mail and password, not both.")
        }
        if key == nil, email == nil, !TerminalTraits.now().isInteractive {
            throw ValidationError("Say who signs in: --email or --key.")
        }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let kept = Login.read(environment)
        let address = try place.address(environment, kept).text
        try await ServerOptions.withFetch { fetch in
            var login = if let key { try Self.key(key, address) } else { try await signedIn(fetch, address) }
            if place.trustsNetwork || kept?.trusts(address) == true { login.trustsNetwork = true }
            let session = ClientSession(login, fetch, environment)
            let name = try await Self.name(ServerClient(fetch, server: address, session: session))
            try login.write(environment)
            Terminal.say("Signed in to \(address)\(name.map { " as \($0.harmlessLine)" } ?? "").")
        }
    }

    /// Whose sign-in it is; nil for a key that is for chatting only, and does not open that.
    private static func name(_ client: ServerClient) async throws -> String? {
        do {
            return try await client.get("/v1/users/me")["email"]?.string
        } catch {
            guard error.status == 403 else { throw error }
            _ = try await client.list("/v1/agents", limit: 1)
            return nil
        }
    }

    private static func key(_ key: String, _ address: String) throws -> Login {
        let key = key == "-" ? try PasswordInput.read(file: nil, isNew: false, prompt: "API key: ") : Secret(key)
        return Login(server: address, key: key.reveal().trimmed)
    }

    private func signedIn(_ fetch: FetchClient, _ address: String) async throws -> Login {
        let email = try self.email ?? PasswordInput.line("E-mail: ")
        let password = try PasswordInput.read(file: passwordFile, isNew: false)
        let data = try await ServerClient(fetch, server: address).signIn(email: email, password: password)
        guard let login = Login(server: address, data) else { throw CommandFailure.notALMA(address) }
        return login
    }
}

/// `alma logout`: ends the login that is kept.
struct LogoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract: "Forget the login, and have the server end it. An API key stays good until it is revoked."
    )

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let login = Login.read(environment) else { return Terminal.say("Nobody is signed in.") }
        var problem: CommandFailure?
        if let token = login.refreshToken {
            try await ServerOptions.withFetch { fetch in
                do throws(CommandFailure) {
                    let body = JSONValue.object(["refresh_token": .string(token)])
                    _ = try await ServerClient(fetch, server: login.server).post("/v1/logout", body)
                } catch {
                    problem = error
                }
            }
        }
        _ = Login.forget(environment)
        Terminal.say("Signed out of \(login.server).")
        if let problem { Terminal.note("Only here: \(problem)") }
    }
}

/// `alma whoami`: as whom the commands ask, and where.
struct WhoamiCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami",
        abstract: "Show who is signed in, and where."
    )

    @OptionGroup var options: ClientOptions

    func run() async throws {
        try await options.withClient { client in
            let person = try await client.get("/v1/users/me")
            options.show(person) { person, traits in
                Listing.person.details(person, traits) + "\n\(traits.bold("Server"))  \(client.server)"
            }
        }
    }
}

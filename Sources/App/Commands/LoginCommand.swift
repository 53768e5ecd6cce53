import ArgumentParser
import Engine
import Fetch
import Foundation

/// `alma login`: signs in to a running server for the commands that talk to it.
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract:
            "Sign in to a server, for the commands that talk to one. The login is kept in ~/.config/alma, for you alone."
    )

    @Option(help: "The server's address (ALMA_URL, http://127.0.0.1:8000).")
    var server: String?

    @Option(help: "The e-mail address that you sign in with.")
    var email: String

    @Option(help: "A file whose first line is the password; else it is asked for.")
    var passwordFile: String?

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let address = server ?? environment["ALMA_URL"] ?? ClientOptions.usualServer
        let password = try PasswordInput.read(file: passwordFile, isNew: false)
        let fetch = FetchClient()
        do {
            let data = try await ServerClient(fetch, server: address).signIn(email: email, password: password)
            await fetch.close()
            guard let login = Login(server: address, data) else {
                throw ServerRefusal(.refused, "\(address) did not answer as ALMA does.")
            }
            try login.write(environment)
            Terminal.say("Signed in to \(address).")
        } catch let refusal as ServerRefusal {
            await fetch.close()
            FileHandle.standardError.write(Data("\(refusal)\n".utf8))
            throw ExitCode(refusal.code.rawValue)
        }
    }
}

import ArgumentParser
import Engine
import Logging
import Postgres
import Storage

/// `alma user`: accounts, from the terminal.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Make accounts.",
        subcommands: [Create.self]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an account. The password is asked for, or read from a file or standard input."
        )

        @Option(help: "The e-mail address that the person signs in with.")
        var email: String

        @Option(help: "How the person is called.")
        var nickname: String?

        @Flag(help: "Make an administrator.")
        var superuser = false

        @Option(help: "A file whose first line is the password.", completion: .file())
        var passwordFile: String?

        @OptionGroup var common: ConfigurationOptions

        func run() async throws {
            let (configuration, logger) = try await common.read()
            let password = try PasswordInput.read(file: passwordFile)
            let data = try DataFolder(path: configuration.dataFolder)
            let access = try await DatabaseAccess.open(configuration, in: data, sharing: .guest, logger: logger)
            do {
                let parts = try await Parts(configuration, data: data, access: access, logger: logger)
                try await parts.store.prepare()
                try await create(in: parts.store, password: password)
                await parts.close()
            } catch {
                await access.close()
                throw error
            }
        }

        private func create(in store: Store, password: Secret) async throws {
            do {
                let user = try await store.createUser(
                    email: email,
                    nickname: nickname,
                    language: "en",
                    role: superuser ? .administrator : .member,
                    password: password,
                    by: .system,
                    address: Alma.place
                )
                Terminal.say("Made \(superuser ? "the administrator" : "the account") \(user.email) (\(user.id.text)).")
            } catch let error as StorageError {
                throw AppError(.account, "No account was made for \(email): \(error.message)")
            }
        }
    }
}

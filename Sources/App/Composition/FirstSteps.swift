import Engine
import Logging
import Storage

/// What a database without people needs: the configured administrator, or a token for whoever sits at the terminal.
struct FirstSteps: Sendable {
    private let configuration: ServerConfiguration
    private let store: Store
    private let logger: Logger

    init(_ configuration: ServerConfiguration, store: Store, logger: Logger) {
        self.configuration = configuration
        self.store = store
        self.logger = logger
    }

    /// The one-time set-up token, or nil when there are people already.
    func take() async throws -> Secret? {
        guard try await !store.hasUsers() else { return nil }
        if let mode = configuration.registration.flatMap({ RegistrationMode(rawValue: $0.rawValue) }) {
            _ = try await store.setRegistrationMode(mode, by: .system)
        }
        guard let first = configuration.firstSuperuser else { return SetUpToken.make() }
        _ = try await store.createUser(
            email: first.email,
            nickname: nil,
            language: "en",
            role: .administrator,
            password: first.password,
            by: .system,
            address: nil
        )
        logger.notice("Made the administrator \(first.email) from FIRST_SUPERUSER.")
        return nil
    }
}

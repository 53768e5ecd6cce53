import Engine
import Logging
import Postgres

/// The database that the configuration names, ready to be connected to: as the owner who migrates, and, after
/// `ApplicationRole` has had its say, as the application.
struct DatabaseAccess: Sendable {
    var administration: DatabaseConfiguration
    var application: DatabaseConfiguration
    /// Ours to stop; nil when somebody else runs the database.
    var embedded: EmbeddedPostgres?

    /// What a server holds while it uses the folder; with our own database, that one holds it.
    private(set) var lock: DataFolderLock?

    /// Whether a server that runs already on the data folder will do, or we must be its owner.
    enum Sharing: Sendable { case owner, guest }

    static func open(
        _ configuration: ServerConfiguration,
        in data: DataFolder,
        sharing: Sharing,
        logger: Logger
    ) async throws -> DatabaseAccess {
        switch configuration.database {
        case .external(let url):
            var access = try DatabaseAccess(administration: url.reveal(), application: url.reveal(), configuration)
            if sharing == .owner { access.lock = try DataFolderLock.require(data) }
            return access
        case .embedded:
            if sharing == .guest, let address = EmbeddedVisit.address(in: data) {
                return try DatabaseAccess(address, configuration)
            }
            let embedded = try await EmbeddedPostgres.start(in: data, logger: logger)
            var access = try DatabaseAccess(embedded.address, configuration)
            access.embedded = embedded
            return access
        }
    }

    private init(_ address: EmbeddedAddress, _ configuration: ServerConfiguration) throws {
        let url = address.url(role: PostgresCluster.administrator)
        try self.init(administration: url, application: url, configuration)
    }

    private init(administration: String, application: String, _ configuration: ServerConfiguration) throws {
        self.administration = try DatabaseConfiguration(url: administration)
        self.administration.maximumConnections = 2
        // A migration may rewrite a large table.
        self.administration.statementTimeout = .seconds(3600)
        self.application = try DatabaseConfiguration(url: application)
        self.application.maximumConnections = configuration.databaseConnections
    }

    /// Stops what this process started.
    func close() async { await embedded?.stop() }
}

import Engine
import Fetch
import Logging
import Tools
import Web

/// Everything that was configured, checked and typed; made once, before anything starts.
struct ServerConfiguration: Sendable {
    /// Where PostgreSQL is.
    enum DatabaseChoice: Sendable {
        /// Our own cluster under the data folder.
        case embedded
        /// A server that somebody else runs.
        case external(url: Secret)
    }

    /// The administrator made on an empty database.
    struct FirstSuperuser: Sendable {
        var email: String
        var password: Secret
    }

    /// Who takes our mail, whom it is from, and where its links lead.
    struct Mail: Sendable {
        var server: MailServer
        var sender: MailMessage.Sender
        var publicURL: String
    }

    enum LogFormat: String, Sendable, CaseIterable { case text, json }
    enum SandboxChoice: String, Sendable, CaseIterable { case auto, off }
    enum SandboxNetworkChoice: String, Sendable, CaseIterable { case listed, off }
    enum Registration: String, Sendable, CaseIterable { case open, closed, approval }

    var host: String
    var port: Int
    /// Absolute.
    var dataFolder: String
    /// Where copies of the database lie, absolute.
    var backupFolder: String
    /// The folder with `Templates`, `Public` and `Migrations`, absolute.
    var resourceFolder: String
    var database: DatabaseChoice
    var databaseConnections: Int
    /// Runs at once.
    var workers: Int
    /// Of one person, on all nodes together.
    var runsPerUser: Int
    /// Event streams and sockets of one person, on this process.
    var streamsPerUser: Int
    /// How long a worker is silent before the others take its runs over.
    var takeover: Duration
    /// Of models whose window is not known, in tokens.
    var contextWindow: Int?
    /// That one turn may use, its children's with it.
    var turnTokens: Int?
    /// Whether models write titles and summaries.
    var writesInBackground: Bool
    var sandbox: SandboxChoice
    /// What an agent's programs may be given of the network.
    var sandboxNetwork: SandboxNetworkChoice
    /// Of files that people bring and agents make.
    var fileLimits: FileLimits
    /// What may be run as an MCP server, and what it may read: absolute paths.
    var mcpPrograms: [String]
    var mcpFolders: [String]
    var mcpPatience: Duration
    var backsUpBeforeMigration: Bool
    /// Only for a database that knows no mode yet.
    var registration: Registration?
    var firstSuperuser: FirstSuperuser?
    var publicURL: String?
    var secureCookies: Bool
    /// Reverse proxies whose `X-Forwarded-For` counts.
    var trustedProxies: [AddressRange]
    /// The names under which the server answers; none for every name.
    var allowedHosts: [String]
    /// Origins whose pages may read what the API answers.
    var corsOrigins: [String]
    var rateLimits: RateLimits
    /// Private networks that agents' tools may reach.
    var toolNetworks: [AddressRange]
    /// Where agents search the web; nil for nowhere.
    var search: SearchService?
    /// nil where no mail is sent.
    var mail: Mail?
    var secretKey: Secret?
    /// By the name of their environment variable.
    var providerKeys: [String: Secret]
    var azureEndpoint: String?
    var logLevel: Logger.Level
    var logFormat: LogFormat

    /// What the discovery of providers may know of the environment.
    var providerEnvironment: [String: String] {
        var environment = providerKeys.mapValues { $0.reveal() }
        environment["AZURE_OPENAI_ENDPOINT"] = azureEndpoint
        return environment
    }

    /// Where agents' tools may go.
    var toolAddresses: AddressPolicy {
        guard !toolNetworks.isEmpty else { return .publicOnly }
        return .publicAnd { [toolNetworks] address in toolNetworks.contains { $0.contains(address) } }
    }

    var limits: RunLimits {
        var limits = RunLimits()
        limits.defaultWindow = contextWindow ?? limits.defaultWindow
        limits.tokens = turnTokens ?? limits.tokens
        limits.writesInBackground = writesInBackground
        return limits
    }

    /// What browsers on this machine use.
    var localURL: String {
        let name = ["0.0.0.0", "::", "*"].contains(host) ? "127.0.0.1" : host
        return "http://\(name.contains(":") ? "[\(name)]" : name):\(port)"
    }
}

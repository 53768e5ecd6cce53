package import Engine
package import Foundation
package import Logging
package import Storage

/// Everything that a request may use, made once by the composition root. A class, because every route and every request that
/// is under way holds it, and would hold a kilobyte as often.
package final class WebServices: Sendable {
    package let store: Store
    package let models: any ModelSource
    /// Calls models for programs.
    package let gateway: Gateway
    package let presence = ClientPresence()
    /// What the tools take, to check what a person makes of an input.
    package let tools: ToolCatalogue
    /// Connections to MCP servers; nil where there are none to be had.
    package let mcp: (any MCPDesk)?
    package let hub: EventHub
    /// All streams and sockets that are open on this process.
    package let streams: StreamDesk
    /// The folders in which programs work, on this node.
    package let workspaces: any WorkspaceShelf
    /// Tells the worker of this process that a run waits. Without one, other processes find it.
    package let runQueued: @Sendable () -> Void
    /// Stops a run that a worker of this process holds; the database has been told already.
    package let runCancelled: @Sendable (Run) -> Void
    /// What this process has met when it called a provider; nil when nothing is wrong with it.
    package let providerTrouble: @Sendable (UUID) -> ProviderHealth.Trouble?
    /// Tells the worker of this process what people want of a run; without one it hears of it at its next sign of life.
    package let runWished: @Sendable (RunWish) -> Void
    /// How often somebody may ask, in this process.
    package let limiter: RateLimiter
    /// Copies of the database, on this node.
    package let backups: any BackupShelf
    let site = SiteBoard()
    /// What this process knows of its machine.
    package let systemFacts: @Sendable () async -> SystemFacts
    package let tokens: AccessTokens
    package let settings: WebSettings
    package let logger: Logger

    package init(
        store: Store,
        models: any ModelSource,
        gateway: Gateway? = nil,
        tools: ToolCatalogue = .empty,
        mcp: (any MCPDesk)? = nil,
        hub: EventHub,
        streams: StreamDesk = StreamDesk(),
        workspaces: any WorkspaceShelf = NoWorkspaces(),
        runQueued: @escaping @Sendable () -> Void,
        runCancelled: @escaping @Sendable (Run) -> Void,
        providerTrouble: @escaping @Sendable (UUID) -> ProviderHealth.Trouble? = { _ in nil },
        runWished: @escaping @Sendable (RunWish) -> Void = { _ in },
        backups: any BackupShelf = NoBackups(),
        systemFacts: @escaping @Sendable () async -> SystemFacts = { SystemFacts() },
        tokens: AccessTokens,
        settings: WebSettings,
        logger: Logger
    ) {
        self.store = store
        self.models = models
        self.gateway = gateway ?? Gateway(journal: store, models: models)
        self.tools = tools
        self.mcp = mcp
        self.hub = hub
        self.streams = streams
        self.workspaces = workspaces
        self.runQueued = runQueued
        self.runCancelled = runCancelled
        self.providerTrouble = providerTrouble
        self.runWished = runWished
        self.backups = backups
        self.systemFacts = systemFacts
        self.tokens = tokens
        self.settings = settings
        limiter = RateLimiter(settings.rateLimits)
        self.logger = logger
    }
}

/// What the configuration says about the browser's and the API's side.
package struct WebSettings: Sendable {
    /// The address that people use, when it is not the one that we listen on: `https://alma.example.org`.
    package var publicURL: String?
    /// Cookies with `Secure` and the `__Host-` prefix: behind TLS.
    package var secureCookies: Bool
    /// Proxies whose word is taken for where a request comes from.
    package var trustedProxies: [AddressRange]
    /// The names under which the server answers; none for every name.
    package var allowedHosts: [String]
    /// Origins whose pages may read what the API answers; `*` for all, none for none.
    package var corsOrigins: [String]
    package var rateLimits: RateLimits
    /// What the set-up page asks for while there is no user; printed on the terminal, never stored.
    package var setupToken: Secret?
    /// Environment variables that hold provider keys, by name: for the one-click offers.
    package var environmentKeys: [String: Secret]
    /// What this server has to do without, by the part that is missing, in words for whoever runs it.
    package var troubles: [String: String]
    /// Whether agents' programs may be given a network.
    package var mayGiveNetwork: Bool
    /// Whether there is a server that takes our mail.
    package var sendsMail: Bool
    package var version: String

    package init(
        publicURL: String? = nil,
        secureCookies: Bool = false,
        trustedProxies: [AddressRange] = [],
        allowedHosts: [String] = [],
        corsOrigins: [String] = [],
        rateLimits: RateLimits = RateLimits(),
        setupToken: Secret? = nil,
        environmentKeys: [String: Secret] = [:],
        troubles: [String: String] = [:],
        mayGiveNetwork: Bool = true,
        sendsMail: Bool = false,
        version: String
    ) {
        self.publicURL = publicURL
        self.secureCookies = secureCookies
        self.trustedProxies = trustedProxies
        self.allowedHosts = allowedHosts
        self.corsOrigins = corsOrigins
        self.rateLimits = rateLimits
        self.setupToken = setupToken
        self.environmentKeys = environmentKeys
        self.troubles = troubles
        self.mayGiveNetwork = mayGiveNetwork
        self.sendsMail = sendsMail
        self.version = version
    }
}

import Engine
import Fetch
import Foundation
import Logging
import Postgres
import Providers
import Sandbox
import ServiceLifecycle
import Storage
import Tools
import Web

/// The parts that servers and workers share, in the order in which they need each other.
struct Parts: Sendable {
    let configuration: ServerConfiguration
    let data: DataFolder
    let access: DatabaseAccess
    let sandbox: SandboxPart
    let workspaces: Workspaces
    let browsers: BrowserSessions?
    let database: Database
    let store: Store
    let fetch: FetchClient
    let models: ProviderModels
    let mcp: MCPConnections
    let tools: ToolCatalogue
    let hub: EventHub
    let streams: StreamDesk
    let health: ProviderHealth
    let worker: Worker
    let logger: Logger

    init(
        _ configuration: ServerConfiguration,
        data: DataFolder,
        access: DatabaseAccess,
        sandbox: SandboxPart = .off,
        logger: Logger
    ) async throws {
        self.configuration = configuration
        self.data = data
        self.access = access
        self.sandbox = sandbox
        self.logger = logger
        try await Migrations(configuration, access: access, logger: logger).bringUp()
        let application = try await ApplicationRole.configuration(for: access.application, logger: logger)
        database = Database(application, logger: logger)
        store = Store(
            database: database,
            keys: try SealingKeys.load(directory: data.path),
            logger: logger,
            runsPerUser: configuration.runsPerUser,
            fileLimits: configuration.fileLimits,
            node: Node(name: ProcessInfo.processInfo.hostName, version: Version.current)
        )
        fetch = FetchClient()
        models = ProviderModels(
            client: fetch,
            environment: configuration.providerEnvironment,
            ownPort: configuration.port
        )
        let web = WebAccess(client: fetch, addresses: configuration.toolAddresses)
        let network =
            configuration.sandboxNetwork == .off
            ? nil : SandboxNetwork(addresses: configuration.toolAddresses, networks: store)
        workspaces = Workspaces(path: "\(data.path)/workspaces")
        mcp = MCPConnections(
            door: MCPDoor(
                sandbox: sandbox.ready,
                workspaces: Workspaces(path: "\(data.path)/mcp"),
                programs: configuration.mcpPrograms,
                folders: configuration.mcpFolders,
                client: fetch,
                addresses: configuration.toolAddresses,
                givesNetwork: configuration.sandboxNetwork != .off,
                version: Version.current,
                patience: configuration.mcpPatience
            ),
            source: store,
            logger: logger
        )
        let reader = DocumentReader(sandbox: sandbox.ready, workspaces: workspaces)
        let builtIn = Self.tools(
            store: store,
            web: web,
            searchService: configuration.search,
            workspaces: workspaces,
            reader: reader,
            scribe: RecordingScribe(transcriber: models, book: store)
        )
        let door = WorkspaceDoor(workspaces: workspaces, files: store)
        browsers = sandbox.browsers(configuration, in: data, networks: store)
        let browser = browsers.map { [BrowserTool(sessions: $0, door: door)] } ?? []
        tools = try ToolCatalogue(
            builtIn + sandbox.tools(door, network: network) + browser,
            makers: [MCPToolMaker(connections: mcp), HTTPToolMaker(web: web, secrets: store)] + sandbox.makers(door)
        )
        hub = EventHub()
        streams = StreamDesk(limit: configuration.streamsPerUser)
        health = ProviderHealth()
        worker = Worker(
            journal: store,
            models: models,
            tools: tools,
            pictures: PictureDesk(files: store, reader: reader),
            hub: hub,
            capacity: configuration.workers,
            silence: configuration.takeover,
            limits: configuration.limits,
            health: health,
            logger: logger
        )
    }

    /// Asks the database whether our keys are the ones that it was sealed with, and tells it what our tools are.
    func prepare() async throws {
        try await store.prepare()
        try await store.register(tools.specifications, elsewhere: SandboxPart.toolNames)
    }

    func services(for role: Program.Role) async throws -> [any Service] {
        var services: [any Service] = access.embedded.map { [$0] } ?? []
        services.append(Closing("data folder") { [lock = access.lock] in withExtendedLifetime(lock) {} })
        services.append(Closing("sandbox") { [sandbox] in sandbox.close() })
        services.append(Closing("browsers") { [browsers] in await browsers?.close() })
        services.append(
            Closing("database") { [database, store] in
                await store.closeCalls()
                await database.close()
            }
        )
        services.append(Closing("outbound connections") { [fetch] in await fetch.close() })
        // Ends after the runs that use it.
        services.append(MCPService(connections: mcp))
        if configuration.workers > 0 { services.append(workerService(for: role)) }
        services.append(
            WorkspaceService(workspaces: workspaces, logger: logger) { [store] in
                try await store.missing(conversations: $0)
            }
        )
        guard role == .server else { return services }
        services.append(HousekeepingService(store: store, logger: logger))
        services.append(WaitingService(store: store, worker: worker, logger: logger))
        services.append(AnnouncementService(store: store, hub: hub, streams: streams))
        services.append(StreamService(store: store, streams: streams, logger: logger))
        let files = try PageFiles(
            templates: "\(configuration.resourceFolder)/Templates",
            assets: "\(configuration.resourceFolder)/Public"
        )
        if let mail = configuration.mail { services.append(mailService(mail, files: files)) }
        services.append(try await webServer(files: files))
        // They end in the reverse order: a stream that follows a long answer would keep the server from ending.
        services.append(
            Closing("readers") { [hub, streams] in
                hub.endReading()
                streams.close()
            }
        )
        return services
    }

    /// For commands that use the store and go.
    func close() async {
        await fetch.close()
        await database.close()
        await access.close()
    }

    private func workerService(for role: Program.Role) -> WorkerService {
        let mark = role == .server ? "\(data.path)/worker.id" : nil
        return WorkerService(worker: worker, store: store, mark: mark, logger: logger)
    }

    private func mailService(_ mail: ServerConfiguration.Mail, files: PageFiles) -> MailService {
        MailService(
            store: store,
            writer: MailWriter(files: files, publicURL: mail.publicURL),
            client: MailClient(mail.server),
            sender: mail.sender,
            logger: logger
        )
    }

    private var hostFacts: HostFacts {
        HostFacts(
            data: data,
            backups: configuration.backupFolder,
            sandbox: sandbox,
            mail: configuration.mail,
            migrations: Migrations(configuration, access: access, logger: logger),
            logger: logger
        )
    }

    private func webServer(files: PageFiles) async throws -> any Service {
        let firstSteps = FirstSteps(configuration, store: store, logger: logger)
        let setupToken = try await firstSteps.take()
        let services = WebServices(
            store: store,
            models: models,
            gateway: Gateway(journal: store, models: models, health: health, limits: configuration.limits),
            tools: tools,
            mcp: mcp,
            hub: hub,
            streams: streams,
            workspaces: ServerWorkspaces(workspaces: workspaces),
            runQueued: { [worker] in worker.wake() },
            runCancelled: { [worker, browsers] run in
                worker.cancel(run: run.id)
                // One that rests is held by no worker; its browser goes by itself.
                Task { await browsers?.end(run: run.id) }
            },
            providerTrouble: { [health] provider in health.trouble(of: provider) },
            runWished: { [worker] wish in worker.heed(wish) },
            backups: ServerBackups(
                backup: DatabaseBackup(
                    folder: BackupFolder(path: configuration.backupFolder),
                    database: access.administration
                ),
                logger: logger
            ),
            systemFacts: { [hostFacts] in await hostFacts.gather() },
            tokens: await AccessTokens(secret: try configuration.secretKey ?? SigningSecret.load(directory: data.path)),
            settings: WebSettings(
                publicURL: configuration.publicURL,
                secureCookies: configuration.secureCookies,
                trustedProxies: configuration.trustedProxies,
                allowedHosts: configuration.allowedHosts,
                corsOrigins: configuration.corsOrigins,
                rateLimits: configuration.rateLimits,
                setupToken: setupToken,
                environmentKeys: configuration.providerKeys,
                troubles: sandbox.trouble.map { ["sandbox": $0] } ?? [:],
                mayGiveNetwork: configuration.sandboxNetwork != .off && sandbox.ready != nil,
                sendsMail: configuration.mail != nil,
                version: Version.current
            ),
            logger: logger
        )
        let ready = ReadyMessage(address: configuration.localURL, setupToken: setupToken, fetch: fetch, logger: logger)
        return WebServer(services: services, files: files)
            .application(host: configuration.host, port: configuration.port) { _ in
                // The socket accepts nobody before this returns, so the asking goes on by itself and ends by itself.
                Task { await ready.announce() }
            }
    }
}

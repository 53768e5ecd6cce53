import Engine
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import Postgres
import Storage

@testable import Web

/// The whole router on a database of its own, with a real worker and scripted models.
enum TestServer {
    /// Signs nobody in; `caller` is a program without a token.
    static func run(_ body: @escaping @Sendable (Caller) async throws -> Void) async throws {
        try await runSite { try await body(Caller(client: $0.client)) }
    }

    /// The same with what stands behind it, for what no request can prepare.
    static func runSite(
        trustedProxies: [String] = [],
        allowedHosts: [String] = [],
        corsOrigins: [String] = [],
        rateLimits: RateLimits = RateLimits(),
        streams: StreamDesk = StreamDesk(),
        backups: any BackupShelf = NoBackups(),
        workspaces: any WorkspaceShelf = NoWorkspaces(),
        setup: TestingSetup = .router,
        copyOf origin: String? = nil,
        _ body: @escaping @Sendable (TestSite) async throws -> Void
    ) async throws {
        let settings = WebSettings(
            trustedProxies: trustedProxies.compactMap { AddressRange($0) },
            allowedHosts: allowedHosts,
            corsOrigins: corsOrigins,
            rateLimits: rateLimits,
            version: "test"
        )
        try await TestDatabase.with(copyOf: origin) { database in
            try await serve(
                database,
                settings: settings,
                streams: streams,
                backups: backups,
                workspaces: workspaces,
                setup: setup,
                body
            )
        }
    }

    /// Until `body` is done.
    static func serve<Result: Sendable>(
        _ database: TestDatabase,
        settings: WebSettings = WebSettings(version: "test"),
        streams: StreamDesk = StreamDesk(),
        backups: any BackupShelf = NoBackups(),
        workspaces: any WorkspaceShelf = NoWorkspaces(),
        setup: TestingSetup = .router,
        _ body: @escaping @Sendable (TestSite) async throws -> Result
    ) async throws -> Result {
        let store = database.store
        let logger = Logger.silent
        let hub = EventHub()
        let models = ScriptedModels()
        let tools = try ToolCatalogue([ScriptedQuestion()], makers: [ScriptedScripts()])
        try await store.register(tools.specifications)
        // Titles come when they come: what a test sees must not depend on it.
        var limits = RunLimits()
        limits.writesInBackground = false
        let worker = Worker(
            journal: store,
            models: models,
            tools: tools,
            hub: hub,
            capacity: 100,
            limits: limits,
            logger: logger
        )
        let services = WebServices(
            store: store,
            models: models,
            tools: tools,
            mcp: ScriptedMCP(),
            hub: hub,
            streams: streams,
            workspaces: workspaces,
            runQueued: { worker.wake() },
            runCancelled: { worker.cancel(run: $0.id) },
            runWished: { worker.heed($0) },
            backups: backups,
            tokens: await AccessTokens(secret: Secret("a secret of thirty-two characters, or more")),
            settings: settings,
            logger: logger
        )
        try await store.setRegistrationMode(.open, by: .system)
        let work = Task {
            await withDiscardingTaskGroup { group in
                group.addTask { await worker.run() }
                group.addTask { await services.streams.run(store, logger: logger) }
                group.addTask { await services.streams.hear(store) }
            }
        }
        let router = WebServer(services: services, files: try Fixtures.pageFiles()).router()
        let routes = router.routes.map(\.description)
        do {
            let result = try await Application(
                responder: TaskResponder(inner: router.buildResponder(), isQuick: \.isQuick),
                server: SocketServerChannel.server(idleTimeout: .seconds(75)) { [services.presence.handler] },
                configuration: .init(address: .hostname("127.0.0.1", port: 0))
            )
            .test(setup) { client in
                try await body(TestSite(client: client, database: database, services: services, routes: routes))
            }
            work.cancel()
            await work.value
            return result
        } catch {
            work.cancel()
            await work.value
            throw error
        }
    }
}

/// A running server as a test sees it from both sides.
struct TestSite: Sendable {
    let client: any TestClientProtocol
    let database: TestDatabase
    let services: WebServices
    /// `GET /v1/runs/{id}`: what the router answers to.
    let routes: [String]

    var store: Store { services.store }

    /// Those of the routes that are for programs.
    var calls: [String] {
        routes.filter { $0.contains(" /v1/") || $0.contains(" /openai/") || $0.hasSuffix(" /mcp") }
    }

    /// Somebody who may do everything, signed in.
    func administrator() async throws -> Caller {
        _ = try await store.register(
            email: "root@example.com",
            password: Secret("correct horse 9"),
            nickname: "root",
            language: "en",
            status: .active,
            isSuperuser: true
        )
        var root = Caller(client: client)
        root.token = try await root.signIn("root@example.com", "correct+horse+9").string("data.access_token")
        return root
    }
}

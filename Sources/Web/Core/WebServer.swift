package import Engine
import HTTPTypes
package import Hummingbird
import Logging
package import NIOCore

/// Pages, JSON and streams for people and programs, on one address.
package struct WebServer: Sendable {
    private let services: WebServices
    private let pages: Pages

    package init(services: WebServices, files: PageFiles) {
        self.services = services
        pages = Pages(services: services, files: files)
    }

    /// All routes behind all middleware: what tests call in process and `serve` puts on a socket.
    package func router() -> Router<WebContext> {
        let router = Router(context: WebContext.self, options: [.autoGenerateHeadEndpoints])
        let api = APIRoutes(services: services)
        let errors = ErrorMiddleware(page: pages.errorPage, methods: api.methods)
        router.add(middleware: HeadMiddleware())
        router.add(middleware: RequestNameMiddleware())
        router.add(middleware: SecurityHeadersMiddleware(secure: services.settings.secureCookies))
        router.add(middleware: CrossOriginMiddleware(origins: Set(services.settings.corsOrigins)))
        router.add(middleware: ClientAddressMiddleware(trusted: services.settings.trustedProxies))
        // Twice: what fails before the person is known still gets an answer, what fails later gets theirs.
        router.add(middleware: errors)
        router.add(
            middleware: HostGuard(names: services.settings.allowedHosts, publicURL: services.settings.publicURL)
        )
        router.add(middleware: IdentityMiddleware(services: services))
        router.add(middleware: RateLimitMiddleware(limiter: services.limiter))
        router.add(middleware: errors)
        router.add(middleware: CrossSiteGuard(settings: services.settings))
        router.get("/healthz") { [services] _, _ in await HealthRoute(services: services).answer() }
        api.add(to: router)
        pages.add(to: router)
        return router
    }

    /// The server as a service. `onReady` is called once the socket listens.
    package func application(
        host: String,
        port: Int,
        onReady: @escaping @Sendable (any Channel) async -> Void
    ) -> some ApplicationProtocol {
        Application(
            responder: TaskResponder(inner: router().buildResponder(), isQuick: \.isQuick),
            server: SocketServerChannel.server(idleTimeout: .seconds(75)) { [services] in [services.presence.handler] },
            // Of connections that come at once and find no place in the queue, the first packet is sent again a second later.
            configuration: .init(
                address: .hostname(host, port: port),
                serverName: "ALMA",
                backlog: 4096,
                reuseAddress: true
            ),
            onServerRunning: onReady,
            logger: services.logger
        )
    }
}

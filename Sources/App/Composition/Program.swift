import Logging
import ServiceLifecycle
import UnixSignals

/// The whole program, every part made once and handed down; `run` returns after a graceful end.
struct Program: Sendable {
    /// What this process is for.
    enum Role: Sendable { case server, worker }

    private let services: [any Service]
    private let logger: Logger

    static func build(_ configuration: ServerConfiguration, as role: Role, logger: Logger) async throws -> Program {
        let data = try DataFolder(path: configuration.dataFolder)
        if role == .server, let problem = PortCheck.problem(host: configuration.host, port: configuration.port) {
            throw AppError(.portInUse, "ALMA cannot listen: \(problem).")
        }
        async let sandbox = SandboxPart.open(configuration, logger: logger)
        let sharing: DatabaseAccess.Sharing = role == .server ? .owner : .guest
        let access = try await DatabaseAccess.open(configuration, in: data, sharing: sharing, logger: logger)
        do {
            let parts = try await Parts(
                configuration,
                data: data,
                access: access,
                sandbox: await sandbox,
                logger: logger
            )
            try await parts.prepare()
            return Program(services: try await parts.services(for: role), logger: logger)
        } catch {
            await access.close()
            throw error
        }
    }

    /// Until SIGTERM, SIGINT, or the end of a part. Parts end in the reverse order of their start.
    func run() async throws {
        var settings = ServiceGroupConfiguration(
            services: services.map {
                .init(
                    service: $0,
                    successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup
                )
            },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        settings.maximumGracefulShutdownDuration = .seconds(20)
        try await ServiceGroup(configuration: settings).run()
    }
}

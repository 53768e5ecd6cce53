import Engine
import Foundation
import Hummingbird
import Storage

/// `GET /v1/admin/health`: how the system is, and what is wrong, for administrators.
struct HealthRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/admin/health",
            .administration,
            "Shows how the system is",
            about: "Database, workers, queue, providers, sandbox, disks and versions, with what is wrong.",
            access: .permitted(.systemRead),
            replies: [.object(.health)],
            use: show
        )
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.systemRead)
        let report = try await services.healthReport(by: identity.principal)
        return Envelope.success(report.representation, context: context)
    }
}

extension WebServices {
    func healthReport(by principal: Principal) async throws -> HealthReport {
        async let facts = systemFacts()
        guard let system = try await store.systemHealth(by: principal) else { throw WebError.notFound }
        let troubles = system.providers.compactMap { provider in
            providerTrouble(provider.id).map { (provider.id, $0) }
        }
        return HealthReport(system, facts: await facts, troubles: Dictionary(troubles) { first, _ in first })
    }
}

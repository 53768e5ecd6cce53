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
            about: "Database, workers, queue, providers, mail, sandbox, disks and versions, with what is wrong.",
            access: .permitted(.systemRead),
            replies: [.object(.health)],
            use: show
        )
        Endpoint(
            .post,
            "/v1/admin/mail/tests",
            .administration,
            "Mails you to see whether mail arrives",
            about: "To the address of your account. What becomes of it is seen in the health of the system.",
            access: .superuser,
            replies: [.object(.mailTest, .accepted)],
            errors: [.forbidden],
            use: tryMail
        )
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.systemRead)
        let report = try await services.healthReport(by: identity.principal)
        return Envelope.success(report.representation, context: context)
    }
}

extension HealthRoutes {
    func tryMail(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        try await services.queueTestMail(by: identity.principal, address: context.remoteAddress)
        let data = JSONObject { $0.set("recipient", identity.user.email) }
        return Envelope.success(data, status: .accepted, context: context)
    }
}

extension Schema {
    fileprivate static let mailTest = object("MailTest", [.text("recipient")])
}

extension WebServices {
    /// Throws `.noMail` where none is sent.
    func queueTestMail(by principal: Principal, address: String?) async throws {
        guard settings.sendsMail else { throw WebError.noMail }
        guard try await store.queueTestMail(by: principal, address: address) else { throw WebError.notFound }
    }

    func healthReport(by principal: Principal) async throws -> HealthReport {
        async let facts = systemFacts()
        guard let system = try await store.systemHealth(by: principal) else { throw WebError.notFound }
        let troubles = system.providers.compactMap { provider in
            providerTrouble(provider.id).map { (provider.id, $0) }
        }
        return HealthReport(system, facts: await facts, troubles: Dictionary(troubles) { first, _ in first })
    }
}

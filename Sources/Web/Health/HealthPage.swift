import Engine
import Hummingbird

/// For administrators: how the system is, what is wrong first.
struct HealthPage: Sendable {
    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.permitted(.systemRead)
        let voice = try desk.voice(context)
        let report = try await desk.services.healthReport(by: identity.principal)
        let title = voice.words["admin.place.health"]
        let frame = desk.frame(title, .admin, request: request, context: context, voice: voice)
        let view = HealthView(
            page: frame,
            report: report,
            mayTry: identity.principal.may(.systemManage) && desk.services.settings.sendsMail,
            voice: voice
        )
        return try desk.page(view, context: context)
    }

    /// A mail to the administrator who asks.
    func tryMail(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        try await desk.services.queueTestMail(by: identity.principal, address: context.remoteAddress)
        return .redirect(to: "/admin/health", done: .mailTried, anchor: "mail")
    }
}

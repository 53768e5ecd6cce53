import Engine
import Hummingbird
import Storage

/// For administrators: who waits for approval, and who may register.
struct UsersPage: Sendable {
    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let voice = try desk.voice(context)
        let waiting = try await desk.store.pendingUsers(by: identity.principal)
        let view = UsersView(
            page: desk.frame(voice.words["admin.title"], .admin, request: request, context: context, voice: voice),
            waiting: waiting.map { .init(id: $0.id, name: $0.nickname, email: $0.email) },
            mode: try await desk.store.registrationMode().rawValue,
            voice: voice
        )
        return try desk.page(view, context: context)
    }

    func approve(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let id = try context.identifier("id")
        guard try await desk.store.approveUser(id, by: identity.principal) else { throw WebError.notFound }
        await desk.services.record(
            "user.approved",
            target: id.text,
            by: identity.principal,
            address: context.remoteAddress
        )
        return .redirect(to: "/admin/users", done: .approved)
    }

    func setRegistration(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        guard let mode = RegistrationMode(rawValue: try await request.decodeForm()["mode"]) else {
            throw WebError(.badRequest, "No such mode.")
        }
        try await desk.store.setRegistrationMode(mode, by: identity.principal)
        await desk.services.record(
            "registration.changed",
            target: mode.rawValue,
            by: identity.principal,
            address: context.remoteAddress
        )
        return .redirect(to: "/admin/users", done: .saved)
    }
}

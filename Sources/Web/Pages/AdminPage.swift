import Hummingbird

/// For administrators: the way to everything that holds for the whole instance.
struct AdminPage: Sendable {
    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.superuser()
        let voice = try desk.voice(context)
        let frame = desk.frame(voice.words["admin.title"], .admin, request: request, context: context, voice: voice)
        return try desk.page(AdminView(page: frame, voice: voice), context: context)
    }
}

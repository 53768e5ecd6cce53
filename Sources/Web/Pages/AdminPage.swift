import Hummingbird

/// For administrators: the way to everything that holds for the whole instance.
struct AdminPage: Sendable {
    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let places = AdminPlace.open(to: try context.signedIn().principal)
        guard !places.isEmpty else { throw WebError(.forbidden, "Only those who run the instance may see this.") }
        let voice = try desk.voice(context)
        let frame = desk.frame(voice.words["admin.title"], .admin, request: request, context: context, voice: voice)
        return try desk.page(AdminView(page: frame, places: places, voice: voice), context: context)
    }
}

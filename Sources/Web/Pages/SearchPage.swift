import Engine
import Foundation
import Hummingbird
import Storage

/// For administrators: where agents search the web.
struct SearchPage: Sendable {
    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let setting = try await desk.store.searchSetting(by: identity.principal)
        return try page(request, context: context, input: SearchInput(setting), hasKey: setting?.hasKey == true)
    }

    func save(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let known = try await desk.store.searchSetting(by: identity.principal)
        let input = SearchInput(try await request.decodeForm(), known: known)
        guard input.problems.isEmpty else {
            return try page(request, context: context, input: input, hasKey: known?.hasKey == true)
        }
        try await desk.services.setSearch(input, by: identity.principal, address: context.remoteAddress)
        return .redirect(to: "/admin/search", done: .saved)
    }

    private func page(
        _ request: Request,
        context: WebContext,
        input: SearchInput,
        hasKey: Bool
    ) throws -> Response {
        let voice = try desk.voice(context)
        let frame = desk.frame(voice.words["search.title"], .admin, request: request, context: context, voice: voice)
        let view = SearchView(page: frame, input: input, hasKey: hasKey, voice: voice)
        return try desk.page(view, context: context, status: input.problems.isEmpty ? .ok : .unprocessableContent)
    }
}

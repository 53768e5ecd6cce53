import Engine
import Foundation
import Hummingbird
import Storage

/// The keys by which one's programs ask: making and revoking them.
struct APIKeyPages: Sendable {
    let desk: Desk

    func list(_ request: Request, context: WebContext) async throws -> Response {
        try await page(request, context: context)
    }

    /// The page shows the key this one time; loading it again makes another one only if the form is sent again.
    func create(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let words = try desk.voice(context).words
        let form = try await request.decodeForm()
        var draft = APIKeysView.Draft(
            name: form.trimmed("name"),
            scopes: Set(form.all("scope")),
            days: APIKeysView.lifetimes.first { $0 == form["days"] } ?? "90"
        )
        do {
            let made = try await desk.store.createAPIKey(
                name: draft.name,
                scopes: draft.scopes.compactMap(APIKey.Scope.init),
                days: Int(draft.days),
                by: identity.principal,
                address: context.remoteAddress
            )
            return try await page(request, context: context, made: made.secret)
        } catch let error as StorageError {
            switch error.code {
            case .invalid("name"): draft.errors.add("name", words["keys.nameWrong"])
            case .invalid("scopes"): draft.errors.add("scopes", words["keys.scopesWrong"])
            default: throw error
            }
        }
        return try await page(request, context: context, draft: draft)
    }

    func revoke(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let isRevoked = try await desk.store.revokeAPIKey(
            context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isRevoked else { throw WebError.notFound }
        return .redirect(to: "/settings/keys", done: .deleted)
    }

    private func page(
        _ request: Request,
        context: WebContext,
        made: Secret? = nil,
        draft: APIKeysView.Draft = .init()
    ) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let view = APIKeysView(
            page: desk.frame(voice.words["keys.title"], request: request, context: context, voice: voice),
            keys: try await desk.store.apiKeys(by: identity.principal),
            made: made,
            draft: draft,
            mayAdminister: identity.user.isSuperuser,
            voice: voice
        )
        return try desk.page(view, context: context, status: draft.errors.isEmpty ? .ok : .unprocessableContent)
    }
}

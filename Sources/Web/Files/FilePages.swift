import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// The files of a conversation as its page refers to them.
struct FilePages: Sendable {
    let desk: Desk

    /// To be saved.
    func download(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        return response(try await file(context, identity), identity)
    }

    /// A picture that the page shows; anything else is not shown in place.
    func picture(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let file = try await file(context, identity)
        guard MediaKind.isPicture(file.mediaType) else { throw WebError.notFound }
        return response(file, identity, isShown: true)
    }

    private func response(_ file: KeptFile, _ identity: Identity, isShown: Bool = false) -> Response {
        FileResponse(services: desk.services, principal: identity.principal).response(file, isShown: isShown)
    }

    private func file(_ context: WebContext, _ identity: Identity) async throws -> KeptFile {
        let (id, file) = try (context.identifier("id"), context.identifier("file"))
        guard let found = try await desk.store.file(file, in: id, by: identity.principal) else {
            throw WebError.notFound
        }
        return found
    }
}

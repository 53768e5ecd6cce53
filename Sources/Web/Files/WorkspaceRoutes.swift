import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// `/v1/conversations/{id}/workspace`: the folder in which a conversation's programs work, as it is on the node that answers.
struct WorkspaceRoutes: Sendable {
    let services: WebServices

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let id = try await conversation(context)
        let path = QueryReader(request).text("path") ?? ""
        guard let entries = await services.workspaces.entries(in: path, of: id) else { throw WebError.notFound }
        return Envelope.list(entries.map(\.representation), context: context)
    }

    func content(_ request: Request, context: WebContext) async throws -> Response {
        let shelf = WorkspaceResponse(shelf: services.workspaces, conversation: try await conversation(context))
        guard let response = await shelf.file(QueryReader(request).text("path") ?? "") else { throw WebError.notFound }
        return response
    }

    func archive(_ request: Request, context: WebContext) async throws -> Response {
        await WorkspaceResponse(shelf: services.workspaces, conversation: try await conversation(context)).archive()
    }

    func remove(_ request: Request, context: WebContext) async throws -> Response {
        let id = try await conversation(context)
        guard let path = QueryReader(request).text("path"), await services.workspaces.remove(path, from: id) else {
            throw WebError.notFound
        }
        return Envelope.noContent(context: context)
    }

    /// The one of the path, if it is the caller's.
    private func conversation(_ context: WebContext) async throws -> UUID {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        guard try await services.store.conversation(id, by: identity.principal) != nil else { throw WebError.notFound }
        return id
    }
}

extension WorkspaceEntry {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("path", path)
            $0.set("type", kind == .file ? "file" : kind == .folder ? "folder" : "other")
            $0.set("size", kind == .file ? Int(size) : nil)
            $0.set("changed_at", changed)
        }
    }
}

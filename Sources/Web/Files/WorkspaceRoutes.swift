import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// `/v1/conversations/{id}/workspace`: the folder in which a conversation's programs work, as it is on the node that answers.
struct WorkspaceRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/conversations/{id}/workspace",
            .files,
            "Lists a folder of the workspace",
            about: "As it is on the node that answers.",
            query: [Self.path.field],
            replies: [.list(.workspaceEntry)],
            use: list
        )
        Endpoint(
            .delete,
            "/v1/conversations/{id}/workspace",
            .files,
            "Removes a file or folder of the workspace",
            // The list at its address is of a folder, and says nothing of the one thing that goes.
            changing: Endpoint.nowhere,
            query: [Self.path.field],
            use: remove
        )
        Endpoint(
            .get,
            "/v1/conversations/{id}/workspace/content",
            .files,
            "Downloads a file of the workspace",
            query: [Self.path.field],
            replies: [.file("application/octet-stream")],
            use: content
        )
        Endpoint(
            .get,
            "/v1/conversations/{id}/workspace/archive",
            .files,
            "Downloads the workspace",
            replies: [.file("application/octet-stream")],
            use: archive
        )
    }

    private static let path = QueryParameter<String>.text("path", "Within the workspace; the whole when left out.")

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let id = try await conversation(context)
        let path = try context.query(Self.path, of: request) ?? ""
        guard let entries = await services.workspaces.entries(in: path, of: id) else { throw WebError.notFound }
        return Envelope.list(entries.map(\.representation), context: context)
    }

    func content(_ request: Request, context: WebContext) async throws -> Response {
        let answer = try await answer(context)
        guard let response = await answer.file(try context.query(Self.path, of: request) ?? "") else {
            throw WebError.notFound
        }
        return response
    }

    func archive(_ request: Request, context: WebContext) async throws -> Response {
        try await answer(context).archive()
    }

    private func answer(_ context: WebContext) async throws -> WorkspaceResponse {
        let id = try await conversation(context)
        return WorkspaceResponse(shelf: services.workspaces, conversation: id, context: context)
    }

    func remove(_ request: Request, context: WebContext) async throws -> Response {
        let id = try await conversation(context)
        guard let path = try context.query(Self.path, of: request), await services.workspaces.remove(path, from: id)
        else {
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

extension Schema {
    fileprivate static let workspaceEntry = object(
        "WorkspaceEntry",
        [
            .text("path"), .choice("type", "file", "folder", "other"), .integer("size", "Bytes.").orNull,
            .date("changed_at"),
        ]
    )
}

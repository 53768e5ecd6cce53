import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// The files of a conversation: what came with messages, and the folder in which its programs work.
struct WorkspacePages: Sendable {
    let desk: Desk

    private var shelf: any WorkspaceShelf { desk.services.workspaces }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let conversation = try await conversation(context, identity)
        let voice = try desk.voice(context)
        let path = Self.cleaned(request.query("path"))
        guard let entries = await shelf.entries(in: path, of: conversation.id) else { throw WebError.notFound }
        let view = FilesView(
            page: desk.frame(
                voice.words["files.title"],
                .conversations,
                request: request,
                context: context,
                voice: voice
            ),
            conversation: conversation.id,
            title: conversation.ownTitle.isEmpty ? voice.words["conversations.untitled"] : conversation.ownTitle,
            path: path,
            entries: entries,
            usage: await shelf.usage(of: conversation.id),
            kept: try await desk.store.files(in: conversation.id, by: identity.principal),
            keptBytes: try await desk.store.fileUsage(in: conversation.id, by: identity.principal)?.conversation ?? 0,
            limits: desk.store.fileLimits,
            csrf: context.csrfToken,
            voice: voice
        )
        return try desk.page(view, context: context)
    }

    func file(_ request: Request, context: WebContext) async throws -> Response {
        let conversation = try await conversation(context, context.signedIn())
        let response = WorkspaceResponse(shelf: shelf, conversation: conversation.id, context: context)
        guard let file = await response.file(Self.cleaned(request.query("path"))) else { throw WebError.notFound }
        return file
    }

    func archive(_ request: Request, context: WebContext) async throws -> Response {
        let conversation = try await conversation(context, context.signedIn())
        return await WorkspaceResponse(shelf: shelf, conversation: conversation.id, context: context).archive()
    }

    /// Deletes a file of a message (`file`), or a path of the workspace (`path`).
    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let conversation = try await conversation(context, identity)
        let form = try await request.decodeForm()
        let address = FilesView.address(conversation.id)
        if let file = UUID(uuidString: form["file"]) {
            guard try await desk.store.deleteFile(file, in: conversation.id, by: identity.principal) else {
                throw WebError.notFound
            }
            return .redirect(to: address, done: .deleted)
        }
        let path = Self.cleaned(form["path"])
        guard !path.isEmpty, await shelf.remove(path, from: conversation.id) else { throw WebError.notFound }
        let above = path.split(separator: "/").dropLast().joined(separator: "/")
        return .redirect(to: above.isEmpty ? address : "\(address)?path=\(percentEncoded(above))", done: .deleted)
    }

    private func conversation(_ context: WebContext, _ identity: Identity) async throws -> Conversation {
        guard let found = try await desk.store.conversation(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        return found
    }

    private static func cleaned(_ path: String) -> String {
        path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }
}

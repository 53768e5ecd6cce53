import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/conversations` and the messages in them.
struct ConversationRoutes: Sendable {
    let services: WebServices

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let query = QueryReader(request)
        let page = try query.page()
        let found = try await services.store.conversationsJSON(
            search: query.text("search"),
            isArchived: query.flag("is_archived"),
            page: page,
            by: identity.principal
        )
        return Envelope.page(json: found.json, page, total: found.total, context: context)
    }

    func create(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable {
            var title: String?
            var tags: [String]?
        }
        let identity = try context.signedIn()
        let (input, body) = try await request.decodeJSONAndBody(Input.self, context: context)
        let conversation = try await services.store.createConversation(
            title: input.title,
            tags: input.tags ?? [],
            metadata: try JSONPart.object("metadata", of: body),
            by: identity.principal
        )
        return Envelope.success(conversation.representation, status: .created, context: context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let found = try await services.store.conversation(context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        return Envelope.success(found.representation, context: context)
    }

    func update(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable {
            var title: String?
            var isPinned: Bool?
            var isArchived: Bool?
            var tags: [String]?
        }
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        let input = try await request.decodeJSON(Input.self, context: context)
        let updated = try await services.store.updateConversation(
            id,
            title: input.title,
            isPinned: input.isPinned,
            isArchived: input.isArchived,
            tags: input.tags,
            by: identity.principal
        )
        guard let updated else { throw WebError.notFound }
        return Envelope.success(updated.representation, context: context)
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        let active = try await services.store.activeRuns(in: id, by: identity.principal)
        for run in active { try await services.cancel(run.id, by: identity.principal) }
        guard try await services.store.deleteConversation(id, by: identity.principal) else { throw WebError.notFound }
        await services.record(
            "conversation.deleted",
            target: id.text,
            by: identity.principal,
            address: context.remoteAddress
        )
        return Envelope.noContent(context: context)
    }

    func messages(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let query = QueryReader(request)
        let page = try query.page(defaultSize: 50)
        let order = query.text("order") ?? "asc"
        guard order == "asc" || order == "desc" else { throw WebError.invalid("order", "Use asc or desc.") }
        let branch = query.text("branch") ?? "active"
        guard branch == "active" || branch == "all" else { throw WebError.invalid("branch", "Use active or all.") }
        let found = try await services.store.messages(
            in: context.identifier("id"),
            branch == "all" ? .all : .branch,
            page: page,
            ascending: order == "asc",
            by: identity.principal
        )
        guard let found else { throw WebError.notFound }
        return Envelope.page(found.items.map(\.representation), page, total: found.total, context: context)
    }
}

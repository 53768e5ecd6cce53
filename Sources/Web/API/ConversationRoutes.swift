import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/conversations` and the messages in them.
struct ConversationRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/conversations",
            .conversations,
            "Lists one's conversations",
            about: "The pinned first, then the newest; without those in which agents are tried out.",
            query: [Self.search.field, Self.isArchived.field, Self.isTest.field] + QueryField.page,
            replies: [.page(.listedConversation)],
            use: list
        )
        Endpoint(
            .get,
            "/v1/users/{id}/conversations",
            .conversations,
            "Lists a person's conversations",
            about: "One's own, by one's own id: conversations are nobody else's to see.",
            query: [Self.search.field, Self.isArchived.field, Self.isTest.field] + QueryField.page,
            replies: [.page(.listedConversation)],
            use: listOfUser
        )
        Endpoint(
            .post,
            "/v1/conversations",
            .conversations,
            "Begins a conversation",
            body: .json(NewConversation.self, ["title": .length(0...200), "tags": .tags]),
            replies: [.object(.conversation, .created)],
            use: create
        )
        Endpoint(
            .get,
            "/v1/conversations/{id}",
            .conversations,
            "Shows a conversation",
            replies: [.object(.conversation)],
            use: show
        )
        Endpoint(
            .patch,
            "/v1/conversations/{id}",
            .conversations,
            "Changes a conversation",
            about: "What is left out stays; `metadata` is replaced whole, and cleared by null.",
            body: .json(ConversationChange.self, ["title": .length(1...200), "tags": .tags]),
            replies: [.object(.conversation)],
            use: update
        )
        Endpoint(
            .delete,
            "/v1/conversations/{id}",
            .conversations,
            "Deletes a conversation",
            about: "What runs in it is stopped.",
            use: delete
        )
        Endpoint(
            .get,
            "/v1/conversations/{id}/messages",
            .messages,
            "Lists the messages of a conversation",
            query: [Self.order.field, Self.branch.field] + QueryField.page,
            replies: [.page(.message)],
            use: messages
        )
    }

    private enum Order: String, CaseIterable { case asc, desc }
    private enum Part: String, CaseIterable { case active, all }
    private static let search = QueryParameter<String>.text(
        "search",
        "What its title, its summary or one of its tags holds; what was said is found by `GET /v1/messages`."
    )
    private static let isArchived = QueryParameter<Bool>.flag(
        "is_archived",
        "Those that are put away, or that are not."
    )
    private static let isTest = QueryParameter<Bool>.flag(
        "is_test",
        "Those in which agents are tried out, in the place of all others."
    )
    private static let order = QueryParameter<Order>.choice("order", "The oldest first, or the newest.")
    private static let branch = QueryParameter<Part>.choice("branch", "The branch that is read now, or all versions.")

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let page = try context.page(of: request)
        let found = try await services.store.conversationsJSON(
            search: context.query(Self.search, of: request),
            isArchived: context.query(Self.isArchived, of: request),
            isTest: context.query(Self.isTest, of: request) ?? false,
            page: page,
            by: identity.principal
        )
        return Envelope.page(json: found.json, page, total: found.total, context: context)
    }

    func listOfUser(_ request: Request, context: WebContext) async throws -> Response {
        guard try context.identifier("id") == context.signedIn().user.id else { throw WebError.notFound }
        return try await list(request, context: context)
    }

    struct NewConversation: Decodable, Sendable {
        var title: String?
        var tags: [String]?
        var metadata: OwnObject?
        /// The agent that is to be tried out in it.
        var testAgentId: UUID?
    }

    func create(_ input: NewConversation, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let conversation = try await services.store.createConversation(
            title: input.title,
            tags: input.tags ?? [],
            metadata: input.metadata?.text,
            testAgentID: input.testAgentId,
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

    struct ConversationChange: Decodable, Sendable {
        var title: String?
        var isPinned: Bool?
        var isArchived: Bool?
        var tags: [String]?
        @Change var metadata: OwnObject??
    }

    func update(_ input: ConversationChange, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        let updated = try await services.store.updateConversation(
            id,
            title: input.title,
            isPinned: input.isPinned,
            isArchived: input.isArchived,
            tags: input.tags,
            metadata: input.metadata.map { $0?.text ?? "{}" },
            by: identity.principal
        )
        guard let updated else { throw WebError.notFound }
        return Envelope.success(updated.representation, context: context)
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let isDeleted = try await services.deleteConversation(
            context.identifier("id"),
            by: try context.signedIn().principal,
            address: context.remoteAddress
        )
        guard isDeleted else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }

    func messages(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let page = try context.page(of: request, defaultSize: 50)
        let order = try context.query(Self.order, of: request) ?? .asc
        let branch = try context.query(Self.branch, of: request) ?? .active
        let found = try await services.store.messages(
            in: context.identifier("id"),
            branch == .all ? .all : .branch,
            page: page,
            ascending: order == .asc,
            by: identity.principal
        )
        guard let found else { throw WebError.notFound }
        return Envelope.page(found.items.map(\.representation), page, total: found.total, context: context)
    }
}

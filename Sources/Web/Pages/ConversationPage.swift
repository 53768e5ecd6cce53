import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// One conversation: reading it, and saying the next thing.
struct ConversationPage: Sendable {
    static let size = 40

    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        return try await page(request, context: context, identity: identity)
    }

    func send(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        let voice = try desk.voice(context)
        let form = TurnForm(try await request.decodeForm())
        func again(_ problem: String, _ status: HTTPResponse.Status) async throws -> Response {
            try await page(request, context: context, identity: identity, draft: form.draft(problem), status: status)
        }
        if let problem = form.problem(voice) { return try await again(problem, .unprocessableContent) }
        do {
            guard try await desk.services.start(form, in: id, by: identity.principal) != nil else {
                throw WebError.notFound
            }
        } catch let error as StorageError {
            guard let problem = error.turnProblem(voice) else { throw error }
            return try await again(problem.message, problem.status)
        }
        return .redirect(to: "/conversations/\(id.text)#end")
    }

    func page(
        _ request: Request,
        context: WebContext,
        identity: Identity,
        draft: ComposerView.Draft = .init(),
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let id = try context.identifier("id")
        let voice = try desk.voice(context)
        let place = request.method == .get ? UUID(uuidString: request.query("before")) : nil
        async let rail = desk.recentRows(current: id, voice: voice, by: identity.principal)
        async let found = desk.store.conversation(id, by: identity.principal)
        async let choices = desk.choices(by: identity.principal)
        async let deleted = deletion(request, in: id, by: identity.principal)
        let known = try await choices
        let reader = ThreadReader(desk: desk, identity: identity, csrf: context.csrfToken, voice: voice)
        async let thread = reader.thread(of: id, before: place, limit: Self.size, agents: known)
        guard let conversation = try await found, let thread = try await thread else { throw WebError.notFound }
        let address = "/conversations/\(id.text)"
        var frame = desk.frame(
            conversation.ownTitle.isEmpty ? voice.words["conversations.untitled"] : conversation.ownTitle,
            .conversations,
            request: request,
            context: context,
            voice: voice
        )
        frame.here = request.method == .get ? frame.here : address
        frame.talks = TalksView(try await rail.map { thread.activeRun == nil ? $0.idle(id) : $0 }, voice: voice)
        let view = ConversationView(
            page: frame,
            heading: .init(conversation, address: address),
            items: thread.items,
            older: thread.older.map { "\(address)?before=\($0.text)#end" },
            newer: place == nil ? nil : address + "#end",
            deleted: try await deleted,
            needsModel: known.needsModel,
            composer: known.composer(conversation: id, run: thread.activeRun, draft: draft, voice: voice),
            voice: voice
        )
        return try desk.page(view, context: context, status: status)
    }

    /// The message that was just deleted, as long as it can be taken back.
    private func deletion(_ request: Request, in id: UUID, by principal: Principal) async throws -> UUID? {
        guard request.method == .get, let message = UUID(uuidString: request.query("deleted")) else { return nil }
        return try await desk.store.isDeleted(message, in: id, by: principal) ? message : nil
    }
}

extension ConversationView.Heading {
    init(_ conversation: Conversation, address: String) {
        self.init(
            address: address,
            title: conversation.ownTitle,
            tags: conversation.tags,
            isPinned: conversation.isPinned,
            isArchived: conversation.isArchived
        )
    }
}

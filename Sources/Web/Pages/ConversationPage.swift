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
        let reader = UploadReader(desk.services, identity: identity, context: context, request: request)
        let upload = try await reader.read(request) { id }
        let form = TurnForm(upload)
        func again(_ problem: String, _ status: HTTPResponse.Status) async throws -> Response {
            var draft = form.draft(problem)
            let files = try await desk.store.files(in: id, by: identity.principal)
            draft.attachments = files.filter { form.attachments.contains($0.id) }.map(AttachedFile.init)
            return try await page(request, context: context, identity: identity, draft: draft, status: status)
        }
        if let refusal = upload.refusal {
            return try await again(refusal.words(desk.store.fileLimits, voice), .unprocessableContent)
        }
        if let problem = form.problem(voice) { return try await again(problem, .unprocessableContent) }
        do {
            guard try await desk.services.send(form, in: id, by: identity.principal) else { throw WebError.notFound }
        } catch let error as StorageError {
            guard let problem = error.turnProblem(voice) else { throw error }
            return try await again(problem.message, problem.status)
        }
        return .redirect(to: "/conversations/\(id.text)#end")
    }

    /// The conversation again, with what a person said about a call and could not be taken.
    func show(
        _ id: UUID,
        reply: ToolQuestion.Draft,
        _ request: Request,
        context: WebContext,
        identity: Identity
    ) async throws -> Response {
        try await page(
            request,
            context: context,
            identity: identity,
            of: id,
            reply: reply,
            status: .unprocessableContent
        )
    }

    func page(
        _ request: Request,
        context: WebContext,
        identity: Identity,
        of conversation: UUID? = nil,
        draft: ComposerView.Draft = .init(),
        reply: ToolQuestion.Draft? = nil,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let id = try conversation ?? context.identifier("id")
        try await desk.services.settlePending(in: id, by: identity.principal)
        let voice = try desk.voice(context)
        let place = try await place(request, in: id, by: identity.principal)
        async let rail = desk.recentRows(current: id, voice: voice, by: identity.principal)
        async let found = desk.store.conversation(id, by: identity.principal)
        async let choices = desk.choices(by: identity.principal)
        async let deleted = deletion(request, in: id, by: identity.principal)
        let known = try await choices
        let reader = ThreadReader(desk: desk, identity: identity, csrf: context.csrfToken, voice: voice, draft: reply)
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
            pending: thread.pending,
            needsModel: known.needsModel,
            composer: known.composer(
                conversation: id,
                run: thread.activeRun,
                isAsked: thread.isAsking,
                isStill: request.query("write") == "1",
                draft: draft.agent.isEmpty ? draft.to(thread.agent) : draft,
                voice: voice
            ),
            voice: voice
        )
        return try desk.page(view, context: context, status: status)
    }

    /// The message before which the page ends: the one that the address names, or one a little behind the one that was looked
    /// for. nil for the end.
    private func place(_ request: Request, in id: UUID, by principal: Principal) async throws -> UUID? {
        guard request.method == .get else { return nil }
        if let place = UUID(uuidString: request.query("before")) { return place }
        guard let message = UUID(uuidString: request.query("message")) else { return nil }
        return try await desk.store.placeBehind(message, in: id, by: principal)
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

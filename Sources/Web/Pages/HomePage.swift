import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// The home page, and the start of a new conversation from it.
struct HomePage: Sendable {
    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let draft = ComposerView.Draft(agent: request.query("agent"))
        return try await page(request, context: context, identity: identity, draft: draft)
    }

    func start(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let form = TurnForm(try await request.decodeForm())
        func again(_ problem: String, _ status: HTTPResponse.Status) async throws -> Response {
            try await page(request, context: context, identity: identity, draft: form.draft(problem), status: status)
        }
        if let problem = form.problem(voice) { return try await again(problem, .unprocessableContent) }
        let store = desk.store
        let conversation = try await store.createConversation(
            title: nil,
            tags: [],
            metadata: nil,
            by: identity.principal
        )
        do {
            let start = try await desk.services.start(form, in: conversation.id, begins: true, by: identity.principal)
            guard let start else { throw WebError.notFound }
            if start.run.conversationID != conversation.id {
                // The form had come before: its conversation is the one to show.
                _ = try await store.deleteConversation(conversation.id, by: identity.principal)
            }
            return .redirect(to: "/conversations/\(start.run.conversationID.text)#end")
        } catch let error as StorageError {
            _ = try await store.deleteConversation(conversation.id, by: identity.principal)
            guard let problem = error.turnProblem(voice) else { throw error }
            return try await again(problem.message, problem.status)
        }
    }

    private func page(
        _ request: Request,
        context: WebContext,
        identity: Identity,
        draft: ComposerView.Draft,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let voice = try desk.voice(context)
        async let choices = desk.choices(by: identity.principal)
        async let rows = desk.recentRows(voice: voice, by: identity.principal)
        let view = try await HomeView(
            page: desk.frame(voice.words["home.title"], .home, request: request, context: context, voice: voice),
            composer: choices.composer(conversation: nil, draft: draft, voice: voice),
            rows: rows,
            needsModel: choices.needsModel,
            voice: voice
        )
        return try desk.page(view, context: context, status: status)
    }
}

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
        let store = desk.store
        var made: UUID?
        func conversation() async throws -> UUID {
            if let made { return made }
            let conversation = try await store.createConversation(title: nil, by: identity.principal)
            made = conversation.id
            return conversation.id
        }
        // Files go with the conversation that was made for them.
        func forget() async throws {
            if let made { _ = try await store.deleteConversation(made, by: identity.principal) }
        }
        let upload: Upload
        do {
            let reader = UploadReader(desk.services, identity: identity, context: context, request: request)
            upload = try await reader.read(request, into: conversation)
        } catch {
            try await forget()
            throw error
        }
        let form = TurnForm(upload)
        func again(_ problem: String, _ status: HTTPResponse.Status) async throws -> Response {
            try await forget()
            return try await page(
                request,
                context: context,
                identity: identity,
                draft: form.draft(problem),
                status: status
            )
        }
        if let refusal = upload.refusal {
            return try await again(refusal.words(store.fileLimits, voice), .unprocessableContent)
        }
        if let problem = form.problem(voice) { return try await again(problem, .unprocessableContent) }
        do {
            let id = try await conversation()
            let start = try await desk.services.start(form, in: id, begins: true, by: identity.principal)
            guard let start else { throw WebError.notFound }
            // The form had come before: its conversation is the one to show.
            if start.run.conversationID != id { try await forget() }
            return .redirect(to: "/conversations/\(start.run.conversationID.text)#end")
        } catch let error as StorageError {
            guard let problem = error.turnProblem(voice) else {
                try await forget()
                throw error
            }
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

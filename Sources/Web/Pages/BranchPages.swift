import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// Saying something otherwise, having it answered again, going from one version to another, hiding one and taking that
/// back.
struct BranchPages: Sendable {
    let desk: Desk

    func switchTo(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        guard let message = UUID(uuidString: try await request.decodeForm()["message"]) else { throw WebError.notFound }
        return try await unlessBusy(request, context, identity) {
            guard try await desk.store.switchBranch(to: message, in: id, by: identity.principal) != nil else {
                throw WebError.notFound
            }
            return .redirect(to: "/conversations/\(id.text)#m-\(message.text)")
        }
    }

    func edit(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let message = try await said(context, identity)
        return try await form(message, .init(text: message.content), request, context, identity)
    }

    func save(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let message = try await said(context, identity)
        let voice = try desk.voice(context)
        let typed = TurnForm(try await request.decodeForm())
        func again(_ problem: String, _ status: HTTPResponse.Status) async throws -> Response {
            try await form(message, typed.draft(problem), request, context, identity, status: status)
        }
        if let problem = typed.problem(voice) { return try await again(problem, .unprocessableContent) }
        do {
            let (id, place) = (message.conversationID, TurnPlace.beside(message.id))
            guard try await desk.services.start(typed, in: id, at: place, by: identity.principal) != nil else {
                throw WebError.notFound
            }
            return .redirect(to: "/conversations/\(id.text)#end")
        } catch let error as StorageError {
            guard let problem = error.turnProblem(voice) else { throw error }
            return try await again(problem.message, problem.status)
        }
    }

    func regenerate(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let (id, message) = try (context.identifier("id"), context.identifier("message"))
        let form = TurnForm(try await request.decodeForm())
        return try await unlessBusy(request, context, identity) {
            guard try await desk.services.start(form, in: id, at: .again(message), by: identity.principal) != nil else {
                throw WebError.notFound
            }
            return .redirect(to: "/conversations/\(id.text)#end")
        }
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let (id, message) = try (context.identifier("id"), context.identifier("message"))
        return try await unlessBusy(request, context, identity) {
            guard try await desk.store.deleteMessage(message, in: id, by: identity.principal) else {
                throw WebError.notFound
            }
            return .redirect(to: "/conversations/\(id.text)?deleted=\(message.text)#end")
        }
    }

    func restore(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let (id, message) = try (context.identifier("id"), context.identifier("message"))
        return try await unlessBusy(request, context, identity) {
            guard try await desk.store.restoreMessage(message, in: id, by: identity.principal) else {
                throw WebError.notFound
            }
            return .redirect(to: "/conversations/\(id.text)#m-\(message.text)")
        }
    }

    /// What a person said; nobody changes what an agent said.
    private func said(_ context: WebContext, _ identity: Identity) async throws -> Message {
        let (id, message) = try (context.identifier("id"), context.identifier("message"))
        let found = try await desk.store.message(message, in: id, by: identity.principal)
        guard let found, found.role == "user" else { throw WebError.notFound }
        return found
    }

    /// The conversation again, with why, when it cannot be done now.
    private func unlessBusy(
        _ request: Request,
        _ context: WebContext,
        _ identity: Identity,
        _ change: () async throws -> Response
    ) async throws -> Response {
        do {
            return try await change()
        } catch let error as StorageError {
            guard let problem = error.turnProblem(try desk.voice(context)) else { throw error }
            let draft = ComposerView.Draft(error: problem.message)
            let page = ConversationPage(desk: desk)
            return try await page.page(
                request,
                context: context,
                identity: identity,
                draft: draft,
                status: problem.status
            )
        }
    }

    private func form(
        _ message: Message,
        _ draft: ComposerView.Draft,
        _ request: Request,
        _ context: WebContext,
        _ identity: Identity,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let voice = try desk.voice(context)
        let choices = try await desk.choices(by: identity.principal)
        let title = voice.words["message.edit"]
        let view = MessageEditView(
            page: desk.frame(title, .conversations, request: request, context: context, voice: voice),
            message: message.id,
            conversation: message.conversationID,
            draft: draft,
            choices: choices.again(agent: draft.agent, model: draft.model, voice: voice),
            voice: voice
        )
        return try desk.page(view, context: context, status: status)
    }
}

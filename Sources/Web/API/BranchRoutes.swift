import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// Saying something otherwise, having it answered again, going from one version to another, hiding one. Nothing is
/// overwritten: every version stays.
struct BranchRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .put,
            "/v1/conversations/{id}/leaf",
            .conversations,
            "Goes on at another branch",
            about: "At the newest end of this message's branch.",
            body: .json(Leaf.self),
            replies: [.object(.conversation)],
            errors: [.conflict],
            use: switchTo
        )
        Endpoint(
            .get,
            "/v1/conversations/{id}/messages/{message}",
            .messages,
            "Shows a message",
            replies: [.object(.message)],
            use: show
        )
        Endpoint(
            .delete,
            "/v1/conversations/{id}/messages/{message}",
            .messages,
            "Hides a message with what hangs under it",
            errors: [.conflict],
            use: delete
        )
        Endpoint(
            .post,
            "/v1/conversations/{id}/messages/{message}/restoration",
            .messages,
            "Brings back a message that was hidden",
            replies: [.object(.message)],
            errors: [.conflict],
            use: restore
        )
        Endpoint(
            .post,
            "/v1/conversations/{id}/messages/{message}/edits",
            .messages,
            "Says a message otherwise",
            about: "Another version beside the first, with its own answer; answered like a new message.",
            body: .json(Edit.self),
            replies: [
                .object(.message, .created), .object(.message, .ok, "The key has brought it before."),
                .object(.restingRun, .accepted, "It goes on, or rests.").with(.location, .preferenceApplied),
                .events(),
            ],
            errors: [.conflict, .badGateway],
            key: .handler,
            use: edit
        )
        Endpoint(
            .post,
            "/v1/conversations/{id}/messages/{message}/regenerations",
            .messages,
            "Has a message answered again",
            about: "Another answer to the same question; answered like a new message.",
            body: .json(Regeneration.self),
            replies: [
                .object(.message, .created), .object(.message, .ok, "The key has brought it before."),
                .object(.restingRun, .accepted, "It goes on, or rests.").with(.location, .preferenceApplied),
                .events(),
            ],
            errors: [.conflict, .badGateway],
            key: .handler,
            use: regenerate
        )
    }

    struct Leaf: Decodable, Sendable { var messageId: UUID }

    /// `{"message_id"}`: the conversation goes on at the newest end of this message's branch.
    func switchTo(_ input: Leaf, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let found = try await services.store.switchBranch(
            to: input.messageId,
            in: context.identifier("id"),
            by: identity.principal
        )
        guard let found else {
            let id = try context.identifier("id")
            guard try await services.store.conversation(id, by: identity.principal) != nil else {
                throw WebError.notFound
            }
            throw WebError.invalid("message_id", "There is no such message in this conversation.")
        }
        return Envelope.success(found.representation, context: context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        return try await shown(identity, context: context)
    }

    /// With what hangs under it; see `restore`.
    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let (conversation, message) = try (context.identifier("id"), context.identifier("message"))
        guard try await services.store.deleteMessage(message, in: conversation, by: identity.principal) else {
            throw WebError.notFound
        }
        return Envelope.noContent(context: context)
    }

    func restore(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let (conversation, message) = try (context.identifier("id"), context.identifier("message"))
        guard try await services.store.restoreMessage(message, in: conversation, by: identity.principal) else {
            throw WebError.notFound
        }
        return try await shown(identity, context: context)
    }

    struct Edit: Decodable, Sendable {
        var content: String
        var agentId: UUID?
        var modelId: UUID?
    }

    /// `{"content", "agent_id", "model_id"}`: another version of a person's message, with its own answer.
    func edit(_ input: Edit, _ request: Request, context: WebContext) async throws -> Response {
        let place = TurnPlace.beside(try context.identifier("message"))
        return try await begin(input.content, at: place, input.agentId, input.modelId, request, context)
    }

    struct Regeneration: Decodable, Sendable {
        var agentId: UUID?
        var modelId: UUID?
    }

    /// `{"agent_id", "model_id"}`: another answer to the same question.
    func regenerate(_ input: Regeneration, _ request: Request, context: WebContext) async throws -> Response {
        let place = TurnPlace.again(try context.identifier("message"))
        return try await begin("", at: place, input.agentId, input.modelId, request, context)
    }

    /// Answered like a message: whole, as a stream, or later.
    private func begin(
        _ content: String,
        at place: TurnPlace,
        _ agent: UUID?,
        _ model: UUID?,
        _ request: Request,
        _ context: WebContext
    ) async throws -> Response {
        let identity = try context.signedIn()
        let messages = MessageRoutes(services: services)
        let turn = TurnInput(
            conversationID: try context.identifier("id"),
            content: content,
            at: place,
            agentID: agent,
            modelID: model,
            idempotencyKey: try request.idempotencyKey()
        )
        guard let start = try await services.start(turn, by: identity.principal) else { throw WebError.notFound }
        return try await messages.answer(start, request: request, identity: identity, context: context)
    }

    private func shown(_ identity: Identity, context: WebContext) async throws -> Response {
        let message = try await services.store.message(
            context.identifier("message"),
            in: context.identifier("id"),
            by: identity.principal
        )
        guard let message else { throw WebError.notFound }
        return Envelope.success(message.representation, context: context)
    }
}

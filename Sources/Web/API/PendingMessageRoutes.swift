import Engine
import Foundation
import Hummingbird
import Storage

/// Messages that wait for an answer to take them in, or to be done.
struct PendingMessageRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/conversations/{id}/pending-messages",
            .messages,
            "Lists messages that wait",
            about: "For an answer to take them in, or to be done.",
            replies: [.list(.pendingMessage)],
            use: list
        )
        Endpoint(
            .delete,
            "/v1/conversations/{id}/pending-messages/{message}",
            .messages,
            "Discards a message that waits",
            use: discard
        )
        Endpoint(
            .post,
            "/v1/conversations/{id}/pending-messages/{message}/dispatch",
            .messages,
            "Says a message that was held",
            replies: [.object(.either(.run, .pendingMessage), .accepted)],
            errors: [.conflict],
            use: dispatch
        )
    }

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let found = try await services.store.pendingMessages(in: context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        return Envelope.list(found.map(\.representation), context: context)
    }

    func discard(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let (conversation, message) = (try context.identifier("id"), try context.identifier("message"))
        guard try await services.store.discardPending(message, in: conversation, by: identity.principal) else {
            throw WebError.notFound
        }
        return Envelope.noContent(context: context)
    }

    /// Says a message that was held: the turn that it began, or the message that waits on.
    func dispatch(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let (conversation, message) = (try context.identifier("id"), try context.identifier("message"))
        guard let said = try await services.dispatch(message, in: conversation, by: identity.principal) else {
            throw WebError.notFound
        }
        return Envelope.success(said.representation, status: .accepted, context: context)
    }
}

extension WebServices {
    /// Sends a message that was held, and wakes the worker; nil when nothing like it waits.
    func dispatch(_ message: UUID, in conversation: UUID, by principal: Principal) async throws -> SaidMessage? {
        let said = try await store.dispatchPending(message, in: conversation, by: principal)
        if case .turn = said { runQueued() }
        return said
    }

    /// What waits in a person's conversation without a reason becomes a turn, or is held.
    func settlePending(in conversation: UUID, by principal: Principal) async throws {
        let waiting = try await store.pendingMessages(in: conversation, by: principal) ?? []
        guard waiting.contains(where: { !$0.isHeld }) else { return }
        if try await store.settlePending(in: conversation) { runQueued() }
    }

    /// Sends a message into a conversation where an answer may be under way; nil when there is no such conversation.
    func say(_ turn: TurnInput, mode: PendingMessage.Mode, by principal: Principal) async throws -> SaidMessage? {
        let said = try await store.say(turn, mode: mode, by: principal)
        switch said {
        case .turn(let start) where start.isNew: runQueued()
        case .pending(let message, _): if let run = message.runID { runWished(RunWish(run: run, isSteered: true)) }
        default: break
        }
        return said
    }
}

extension SaidMessage {
    var representation: JSONObject {
        switch self {
        case .turn(let start): start.run.representation
        case .pending(let message, _): message.representation
        }
    }
}

extension PendingMessage {
    /// Where it stands, in the words of the protocol.
    var status: String { messageID != nil ? "processing" : isHeld ? "held" : "waiting" }

    var representation: JSONObject {
        JSONObject {
            $0.set("pending_id", id)
            $0.set("message_id", messageID)
            $0.set("conversation_id", conversationID)
            $0.set("mode", mode.rawValue)
            $0.set("status", status)
            $0.set("content", content)
            $0.set("agent_id", agentID)
            $0.set("model_id", modelID)
            $0.set("created_at", createdAt)
        }
    }
}

extension Schema {
    static let pendingMessage = object(
        "PendingMessage",
        [
            .uuid("pending_id"),
            .uuid("message_id", "By which it stands in the conversation, once an answer has taken it in.").orNull,
            .uuid("conversation_id"), .field("mode", .choice(PendingMessage.Mode.self)),
            .choice("status", "held", "waiting", "processing"), .text("content"), .uuid("agent_id").orNull,
            .uuid("model_id").orNull, .date("created_at"),
        ]
    )
}

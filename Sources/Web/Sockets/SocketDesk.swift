import Engine
import Foundation
import Storage

/// Does what a client says on a socket, by the same means as the other doors do it. What comes of it is in the log, which
/// the socket follows; an answer of its own is only what the log does not say to this client.
struct SocketDesk: Sendable {
    let services: WebServices
    let identity: Identity
    let conversation: UUID

    private var principal: Principal { identity.principal }

    /// Records for this client alone. Throws what an `error` record has to say.
    func answers(to message: SocketMessage) async throws -> [String] {
        if case .ping = message { return [SocketRecord.pong()] }
        // What is asked here is asked of the same machine as a request.
        try services.limiter.message(of: identity)
        // A key that only looks may listen.
        guard identity.key?.opens(.chat) ?? true else { throw WebError(.forbidden, "This key was not made for this.") }
        switch message {
        case .ping: break
        case .userMessage(let message): return try await say(message)
        case .cancel(let run): _ = try await services.cancel(try await self.run(run), by: principal)
        case .pause(let run): _ = try await services.pause(try await self.run(run), by: principal)
        case .resume(let run): _ = try await services.resume(try await self.run(run), by: principal)
        case .approvalResponse(let response): try await answer(response)
        case .dispatchPending(let pending):
            guard let said = try await services.dispatch(pending.pendingId, in: conversation, by: principal) else {
                throw WebError.notFound
            }
            // Of a new turn the log says it, to every reader.
            if case .turn(let start) = said, start.isNew { return [] }
            return [Self.received(said, name: said.temporaryID)]
        case .discardPending(let pending):
            guard try await services.store.discardPending(pending.pendingId, in: conversation, by: principal) else {
                throw WebError.notFound
            }
        }
        return []
    }

    /// What is told of something that could not be done; `text` is what the client said.
    func refusal(_ error: WebError, of text: String) async -> String {
        SocketRecord.error(error, about: SocketMessage.name(in: text), answer: await answer(concernedBy: error, text))
    }

    /// nil where there is none: what went wrong with us is about no answer, and asks the database for nothing more.
    private func answer(concernedBy error: WebError, _ text: String) async -> UUID? {
        guard [.conflict, .validation].contains(error.code), let message = try? SocketMessage(text),
            let found = try? await concern(of: message), found.conversationID == conversation
        else { return nil }
        return found.messageID
    }

    /// The run that a message is about, or that its name has begun before, or that has taken in what came with its name.
    private func concern(of message: SocketMessage) async throws -> Run? {
        switch message {
        case .cancel(let named), .pause(let named), .resume(let named):
            return try await services.store.run(try await run(named), by: principal)
        case .approvalResponse(let response):
            return try await services.store.run(response.runId, by: principal)
        case .userMessage(let said):
            guard let name = said.messageId else { return nil }
            return try await services.store.run(withKey: try key(name), by: principal)
        case .ping, .dispatchPending, .discardPending: return nil
        }
    }

    private func say(_ message: NewMessage) async throws -> [String] {
        do {
            return try await send(message)
        } catch let error as StorageError where error.code == .conflict("idempotency_key") {
            // The key is the name that the client gave.
            throw WebError(.conflict, error.message, details: [.init(field: "message_id", message: error.message)])
        }
    }

    private func send(_ message: NewMessage) async throws -> [String] {
        let turn = try services.turn(message, in: conversation, key: try message.messageId.map { try key($0) })
        if let mode = try PendingMessage.Mode(named: message.mode) {
            guard let said = try await services.say(turn, mode: mode, by: principal) else { throw WebError.notFound }
            if case .turn(let start) = said, start.isNew { return [] }
            return [Self.received(said, name: message.messageId)]
        }
        guard let start = try await services.start(turn, by: principal) else { throw WebError.notFound }
        // Of a new one the log says it, to every reader.
        return start.isNew ? [] : [Self.received(.turn(start), name: message.messageId)]
    }

    /// A name is the client's own within its conversation.
    private func key(_ name: String) throws(WebError) -> String {
        guard (1...200).contains(name.utf8.count) else {
            throw .invalid("message_id", "A message_id has 1 to 200 bytes.")
        }
        return "socket:\(conversation.text):\(name)"
    }

    private static func received(_ said: SaidMessage, name: String?) -> String {
        SocketRecord.json(
            "message_received",
            JSONObject {
                switch said {
                case .turn(let start):
                    $0.set("message_id", start.messageID)
                    $0.set("agent_id", start.run.agentID)
                    $0.set("run_id", start.run.id)
                    $0.set("answer_message_id", start.run.messageID)
                    $0.set("user_message_id", start.messageID)
                    $0.set("temp_message_id", name)
                    $0.set("status", start.run.state.isFinal ? start.run.state.rawValue : "processing")
                    $0.set("duplicate", !start.isNew)
                case .pending(let message, let isNew):
                    $0.set("message_id", message.messageID)
                    $0.set("pending_id", message.id)
                    $0.set("temp_message_id", name)
                    $0.set("status", message.status)
                    $0.set("mode", message.mode.rawValue)
                    $0.set("duplicate", !isNew)
                }
            }
        )
    }

    /// One of this conversation's, or of its agents' colleagues'.
    private func run(_ named: SocketMessage.OfRun) async throws -> UUID {
        guard let id = named.runId else {
            guard let run = try await services.store.activeRuns(in: conversation, by: principal).first else {
                throw WebError(.notFound, "Nothing is under way in this conversation.")
            }
            return run.id
        }
        try await check(id)
        return id
    }

    private func check(_ run: UUID) async throws {
        guard try await services.store.run(run, by: principal)?.conversationID == conversation else {
            throw WebError.notFound
        }
    }

    private func answer(_ response: SocketMessage.ApprovalResponse) async throws {
        try await check(response.runId)
        let reply = CallReply(
            decision: response.decision,
            answer: response.answer,
            note: response.note,
            input: response.toolInput?.text,
            isRemembered: response.remember ?? false
        )
        guard try await services.answer(response.callId, of: response.runId, reply, by: principal) != nil else {
            throw WebError.notFound
        }
    }
}

extension SaidMessage {
    /// The client's own name for what waits.
    fileprivate var temporaryID: String? {
        if case .pending(let message, _) = self { message.temporaryID } else { nil }
    }
}

package import Engine
package import Foundation
import HTTPTypes
import Hummingbird
package import Storage

/// `POST /v1/conversations/{id}/messages`: a turn, answered as the caller likes: whole, as a stream, or later.
struct MessageRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .post,
            "/v1/conversations/{id}/messages",
            .messages,
            "Says something and has it answered",
            about:
                "Answered as you like: whole, when the run has ended; with `Accept: text/event-stream` as the stream of its events; with `Prefer: respond-async` at once, with the run to look at. An Idempotency-Key makes sure that a message is said once.",
            body: .json(
                NewMessage.self,
                [
                    "message_id": .length(0...200, "The caller's own name for it, until it has one."),
                    "urgency": .schema(.choice(Urgency.self)),
                    "mode": .schema(
                        .choice(PendingMessage.Mode.self),
                        "What to do while an answer is under way; without it the message is refused then."
                    ), "attachments": .about("Files that were uploaded into this conversation, by id or address."),
                ]
            ),
            replies: [
                .object(.message, .created), .object(.message, .ok, "The key has brought it before."),
                .object(.either(.run, .pendingMessage), .accepted, "It goes on, or waits its turn."), .events(),
            ],
            errors: [.conflict, .badGateway],
            keepsKey: true,
            use: send
        )
    }

    struct NewMessage: Decodable, Sendable {
        var content: String
        var agentId: UUID?
        var modelId: UUID?
        var messageId: String?
        /// `high`, `normal` or `low`.
        var urgency: String?
        /// What to do while an answer is under way: `steer` or `queue`; without it the message is refused then.
        var mode: String?
        /// Files that were uploaded into this conversation, named by their id or their address.
        var attachments: [AttachmentName]?
    }

    func send(_ input: NewMessage, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let conversation = try context.identifier("id")
        let turn = TurnInput(
            conversationID: conversation,
            content: input.content,
            attachments: try services.attachments(input.attachments ?? []),
            agentID: input.agentId,
            modelID: input.modelId,
            temporaryMessageID: input.messageId,
            idempotencyKey: try request.idempotencyKey(),
            urgency: try Urgency(named: input.urgency)
        )
        guard let mode = try PendingMessage.Mode(named: input.mode) else {
            guard let start = try await services.start(turn, by: identity.principal) else { throw WebError.notFound }
            return try await answer(start, request: request, identity: identity, context: context)
        }
        switch try await services.say(turn, mode: mode, by: identity.principal) {
        case nil: throw WebError.notFound
        case .turn(let start): return try await answer(start, request: request, identity: identity, context: context)
        case .pending(let message, _):
            return Envelope.success(message.representation, status: .accepted, context: context)
        }
    }

    func answer(
        _ start: TurnStart,
        request: Request,
        identity: Identity,
        context: WebContext
    ) async throws -> Response {
        if request.headers[.accept]?.contains("text/event-stream") == true {
            return try RunStream(services: services, identity: identity).response(run: start.run.id, after: 0)
        }
        if request.headers[.prefer]?.contains("respond-async") == true {
            var response = Envelope.success(start.run.representation, status: .accepted, context: context)
            response.headers[.location] = "/v1/runs/\(start.run.id.text)"
            response.headers[.preferenceApplied] = "respond-async"
            return response
        }
        return try await finishedMessage(start, identity: identity, context: context)
    }

    /// Waits for the run's end. The run does not depend on this connection: whoever leaves finds the answer later.
    private func finishedMessage(_ start: TurnStart, identity: Identity, context: WebContext) async throws -> Response {
        let run = start.run
        var failure: RunEvent?
        var hasEnded = false
        for try await events in services.hub.watch(run: run.id, after: 0, from: services.store) {
            failure = events.last { $0.kind == .error } ?? failure
            hasEnded = events.last?.endsRun ?? hasEnded
        }
        guard hasEnded else {
            throw WebError(.unavailable, "The server ends; the answer goes on as run \(run.id.text).", retryAfter: 2)
        }
        if let failure { throw FailedRun(event: failure, run: run.id).webError }
        let message = try await services.store.message(run.messageID, in: run.conversationID, by: identity.principal)
        guard let message else { throw WebError(.conflict, "The run ended without an answer: it was cancelled.") }
        return Envelope.success(message.representation, status: start.isNew ? .created : .ok, context: context)
    }
}

/// An `error` event as the answer to the request that waited for the run.
private struct FailedRun: Decodable {
    private var errorCode: String
    private var errorMessage: String
    private var retryAfter: Int?
    private var run: UUID?

    private enum CodingKeys: String, CodingKey {
        case errorCode = "error_code"
        case errorMessage = "error_message"
        case retryAfter = "retry_after"
    }

    init(event: RunEvent, run: UUID) {
        let decoded = try? JSONDecoder().decode(FailedRun.self, from: Data(event.data.utf8))
        self = decoded ?? FailedRun(code: "RUN_FAILED", message: "The run failed.")
        self.run = run
    }

    private init(code: String, message: String) {
        errorCode = code
        errorMessage = message
    }

    var webError: WebError {
        WebError(
            errorCode == ModelError.Code.notConfigured.rawValue ? .conflict : .badGateway,
            errorMessage,
            details: [.init(field: "run_id", message: run?.text ?? "")],
            specificCode: errorCode,
            retryAfter: retryAfter
        )
    }
}

extension Urgency {
    init(named name: String?) throws(WebError) {
        guard let urgency = Urgency(rawValue: name ?? Urgency.normal.rawValue) else {
            throw .invalid("urgency", "Use high, normal or low.")
        }
        self = urgency
    }
}

extension PendingMessage.Mode {
    /// nil when none is named.
    init?(named name: String?) throws(WebError) {
        guard let name else { return nil }
        guard let mode = PendingMessage.Mode(rawValue: name) else { throw .invalid("mode", "Use steer or queue.") }
        self = mode
    }
}

extension WebServices {
    /// What else a caller says of a file is not believed.
    func attachments(_ named: [AttachmentName]) throws(WebError) -> [UUID] {
        guard named.count <= store.fileLimits.perMessage else {
            throw .invalid("attachments", "At most \(store.fileLimits.perMessage) files come with one message.")
        }
        var ids: [UUID] = []
        for name in named {
            let parts = (name.url ?? "").split(separator: "/").map(String.init)
            let place = parts.lastIndex(of: "files").map { $0 + 1 }
            let inURL = place.flatMap { parts.indices.contains($0) ? UUID(uuidString: parts[$0]) : nil }
            guard let id = name.fileId ?? inURL else {
                throw .invalid("attachments", "Name a file by its file_id or its url.")
            }
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    /// Begins a turn and wakes the worker; nil when there is no such conversation.
    package func start(_ turn: TurnInput, by principal: Principal) async throws -> TurnStart? {
        let start = try await store.startTurn(turn, by: principal)
        if start?.isNew == true { runQueued() }
        return start
    }

    /// Asks a run to stop: in the database, so that any node hears of it, and here at once. nil: no such run.
    @discardableResult
    package func cancel(_ run: UUID, by principal: Principal) async throws -> Run? {
        guard let run = try await store.requestCancellation(of: run, by: principal) else { return nil }
        if run.state.isFinal { hub.notify(run: run.id) } else { runCancelled(run) }
        return run
    }

    /// Asks a run to rest until it is resumed. nil: no such run.
    package func pause(_ run: UUID, by principal: Principal) async throws -> Run? {
        let run = try await store.requestPause(of: run, by: principal)
        if let run {
            hub.notify(run: run.id)
            runWished(RunWish(run: run.id, isPaused: true))
        }
        return run
    }

    /// A run that was paused goes on. nil: no such run.
    package func resume(_ run: UUID, by principal: Principal) async throws -> Run? {
        guard let run = try await store.resume(run, by: principal) else { return nil }
        hub.notify(run: run.id)
        if run.state == .queued { runQueued() }
        return run
    }
}

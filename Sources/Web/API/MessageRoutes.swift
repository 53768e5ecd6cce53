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
                "Answered as you like: whole, when the run has ended, or with 202 as soon as it rests until a person moves it (`waiting_for` has what it asks); with `Accept: text/event-stream` as the stream of its events; with `Prefer: respond-async` at once, with the run to look at. An Idempotency-Key makes sure that a message is said once.",
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
                .object(.either(.restingRun, .pendingMessage), .accepted, "It goes on, or rests, or waits its turn.")
                    .with(.location, .preferenceApplied),
                .events(),
            ],
            errors: [.conflict, .badGateway],
            key: .handler,
            use: send
        )
    }

    func send(_ input: NewMessage, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let conversation = try context.identifier("id")
        let turn = try services.turn(input, in: conversation, key: try request.idempotencyKey())
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
        return try await AwaitedRun(services: services, identity: identity).answer(start, context: context)
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

    /// Asks a run to stop: in the database, so that any node hears of it, and here at once. nil: no such run. `stopper`: who
    /// stops it in the name of its owner.
    @discardableResult
    package func cancel(
        _ run: UUID,
        by principal: Principal,
        stopper: Principal? = nil,
        address: String? = nil
    ) async throws -> Run? {
        let stopped = try await store.requestCancellation(of: run, by: principal, stopper: stopper, address: address)
        guard let run = stopped else { return nil }
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

import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/runs`: what became of a turn, live or long ago.
struct RunRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/runs/{id}",
            .runs,
            "Shows a run with what it has cost",
            about:
                "Its children's part included. A task of another run says what it is to do, and once it has ended what came of it.",
            replies: [.object(.shownRun)],
            use: show
        )
        Endpoint(
            .get,
            "/v1/runs/{id}/children",
            .runs,
            "Lists the runs that a run has begun",
            replies: [.list(.run)],
            use: children
        )
        Endpoint(
            .get,
            "/v1/runs/{id}/tree",
            .runs,
            "Shows a run with all below it",
            about: "Who did what, when, at what cost.",
            replies: [.object(.runTree)],
            use: tree
        )
        Endpoint(
            .get,
            "/v1/runs/{id}/events",
            .runs,
            "Streams the events of a run",
            about: "Replays the log after `Last-Event-ID` or `after`, then follows it to its end.",
            query: [Self.after],
            replies: [.events()],
            use: events
        )
        Endpoint(
            .get,
            "/v1/runs/{id}/requests",
            .runs,
            "Lists what models were sent for a run",
            replies: [.list(.modelRequest)],
            use: requests
        )
        Endpoint(
            .get,
            "/v1/runs/{id}/results/{call}",
            .runs,
            "Shows all of what a tool call came to",
            about: "Where the log has an excerpt.",
            parameters: ["call": .text],
            replies: [.object(.callResult)],
            use: result
        )
        Endpoint(
            .post,
            "/v1/runs/{id}/cancellation",
            .runs,
            "Stops a run",
            replies: [.object(.run, .accepted)],
            use: cancel
        )
        Endpoint(
            .post,
            "/v1/runs/{id}/retries",
            .runs,
            "Tries a run again",
            replies: [.object(.run, .accepted)],
            errors: [.conflict],
            use: retry
        )
        Endpoint(
            .post,
            "/v1/runs/{id}/pause",
            .runs,
            "Has a run rest",
            about: "After its present step, at the latest ten seconds into a model call; so do the runs below it.",
            replies: [.object(.run, .accepted)],
            errors: [.conflict],
            use: pause
        )
        Endpoint(
            .post,
            "/v1/runs/{id}/resume",
            .runs,
            "Lets a run go on",
            replies: [.object(.run, .accepted)],
            use: resume
        )
    }

    private static let after = QueryField(
        name: "after",
        schema: .integer(0...Int.max).about("The id of the last event that you have.")
    )

    /// With what it has cost, its children's part included. A task of another run says what it is to do, and once it has
    /// ended what came of it.
    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard let run = try await services.store.run(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        let costs = try await services.store.costs(ofRun: run.id, by: identity.principal)
        var representation = run.representation
        representation.set("costs", costs.representations)
        if run.parentRunID != nil {
            let task = try await services.store.task(of: run.id, by: identity.principal)
            representation.set("task", task?.task.title)
            representation.set("result", task?.result)
        }
        return Envelope.success(representation, context: context)
    }

    func children(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let found = try await services.store.children(of: context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        return Envelope.list(found.map(\.representation), context: context)
    }

    /// The run with all below it: who did what, when, at what cost.
    func tree(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard let run = try await services.store.run(context.identifier("id"), by: identity.principal),
            let tree = try await services.store.tree(of: run, by: identity.principal),
            let representation = tree.below(run.id)?.representation(now: Date())
        else { throw WebError.notFound }
        return Envelope.success(representation, context: context)
    }

    /// Replays the log after `Last-Event-ID` or `?after=`, then follows it to its end.
    func events(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard let run = try await services.store.run(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        let after = try RunRoutes.place(in: request)
        return try RunStream(services: services, identity: identity).response(run: run.id, after: after)
    }

    /// What models were sent for it, call by call.
    func requests(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let found = try await services.store.modelRequests(of: context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        return Envelope.list(found.map(\.representation), context: context)
    }

    /// All of what a tool call came to, where the log has an excerpt.
    func result(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let call = context.parameters.get("call") ?? ""
        let found = try await services.store.toolResult(call, of: context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        let representation = JSONObject {
            $0.set("call_id", call)
            $0.set("result", found)
        }
        return Envelope.success(representation, context: context)
    }

    func cancel(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard let run = try await services.cancel(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        return Envelope.success(run.representation, status: .accepted, context: context)
    }

    func retry(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard let start = try await services.store.retry(run: context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        services.runQueued()
        return Envelope.success(start.run.representation, status: .accepted, context: context)
    }

    /// It rests after its present step, at the latest ten seconds into a model call; so do the runs below it.
    func pause(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard let run = try await services.pause(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        return Envelope.success(run.representation, status: .accepted, context: context)
    }

    func resume(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard let run = try await services.resume(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        return Envelope.success(run.representation, status: .accepted, context: context)
    }

    /// Where a reader wants to go on.
    static func place(in request: Request) throws(WebError) -> Int64 {
        guard let text = try EventStreamResponse.place(in: request) else { return 0 }
        guard let place = Int64(text), place >= 0 else {
            throw .invalid("after", "Use the id of the last event that you have, a whole number.")
        }
        return place
    }
}

extension ModelRequestRecord {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("request_id", id)
            $0.set("attempt", attempt)
            $0.set("model", model)
            $0.set("sent_at", sentAt)
            $0.raw("instruction", preamble["instruction"]?.text)
            $0.raw("messages", JSONValue.array(messages).text)
            $0.raw("tools", preamble["tools"]?.text)
            $0.raw("temperature", preamble["temperature"]?.text)
            $0.raw("max_tokens", preamble["max_tokens"]?.text)
        }
    }
}

extension Schema {
    fileprivate static let shownRun = run.adding(
        "ShownRun",
        [.list("costs", of: .cost), .text("task").orNull.orMissing, .text("result").orNull.orMissing]
    )

    fileprivate static let callResult = object("CallResult", [.text("call_id"), .text("result")])

    fileprivate static let modelRequest = object(
        "ModelRequest",
        [
            .uuid("request_id"), .integer("attempt"), .text("model"), .date("sent_at"), .text("instruction").orNull,
            .list("messages", of: .anything), .field("tools", .anything), .number("temperature").orNull,
            .integer("max_tokens").orNull,
        ]
    )
}

import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// `/v1/runs/{id}`: its steps, going on from one of them with something changed, and two runs side by side.
struct ForkRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(.get, "/v1/runs/{id}/steps", .runs, "Lists the steps of a run", replies: [.list(.runStep)], use: steps)
        Endpoint(
            .post,
            "/v1/runs/{id}/fork",
            .runs,
            "Goes on from a step of a run with something changed",
            about: "Answered like a message: whole, as a stream, or later.",
            body: .json(ForkInput.self, ["step": .range(0...100_000, "0 for the beginning.")]),
            replies: [
                .object(.message, .created), .object(.message, .ok, "The key has brought it before."),
                .object(.restingRun, .accepted, "It goes on, or rests.").with(.location, .preferenceApplied),
                .events(),
            ],
            errors: [.conflict, .badGateway],
            key: .handler,
            use: fork
        )
        Endpoint(
            .get,
            "/v1/runs/{id}/compare/{other}",
            .runs,
            "Puts two runs side by side",
            replies: [.object(.comparison)],
            use: compare
        )
    }

    func steps(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let story = try await story(context.identifier("id"), identity)
        return Envelope.list(story.steps, context: context)
    }

    struct ForkInput: Decodable, Sendable {
        var step: Int
        var changes: Changes?

        struct Changes: Decodable, Sendable {
            var input: String?
            var toolResult: Result?
            var toolResults: [Result]?
            var modelId: UUID?
            var instruction: String?
        }

        struct Result: Decodable, Sendable {
            var callId: String
            var content: String
        }
    }

    /// `{"step", "changes": {"input", "tool_result": {"call_id", "content"}, "model_id", "instruction"}}`, answered like a
    /// message: whole, as a stream, or later. `tool_results` takes several.
    func fork(_ input: ForkInput, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let messages = MessageRoutes(services: services)
        let results = (input.changes?.toolResults ?? []) + [input.changes?.toolResult].compactMap(\.self)
        let start = try await services.store.fork(
            context.identifier("id"),
            after: input.step,
            changes: RunChanges(
                input: input.changes?.input,
                toolResults: results.map { .init(callID: $0.callId, content: $0.content) },
                modelID: input.changes?.modelId,
                instruction: input.changes?.instruction
            ),
            key: try request.idempotencyKey(),
            by: identity.principal
        )
        guard let start else { throw WebError.notFound }
        if start.isNew { services.runQueued() }
        return try await messages.answer(start, request: request, identity: identity, context: context)
    }

    func compare(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let first = try await story(context.identifier("id"), identity)
        let second = try await story(context.identifier("other"), identity)
        let data = JSONObject {
            $0.set("first", Self.compared(first))
            $0.set("second", Self.compared(second))
            $0.set("differences", LineDifference.lines(first.text, second.text).map(\.representation))
        }
        return Envelope.success(data, context: context)
    }

    private static func compared(_ story: RunStory) -> JSONObject {
        var json = story.representation
        json.set("content", story.text)
        json.set("steps", story.steps)
        return json
    }

    private func story(_ id: UUID, _ identity: Identity) async throws -> RunStory {
        guard let story = try await services.store.story(of: id, by: identity.principal) else {
            throw WebError.notFound
        }
        return story
    }
}

extension LineDifference.Line {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("kind", kind.rawValue)
            $0.set("text", text)
        }
    }
}

extension Schema {
    fileprivate static let runStep = object(
        "RunStep",
        [
            .integer("step"), .text("content"),
            .flag("is_copied", "Taken over from the run that this one was forked from."),
            .text("model").orNull, .field("usage", .map.orNull), .number("cost").orNull,
            .list(
                "tool_calls",
                of: .object(
                    "StepCall",
                    [
                        .text("call_id"), .text("tool_name"), .field("tool_input", .anything), .flag("success"),
                        .text("result").orNull, .flag("is_changed"), .number("execution_time", "Seconds.").orNull,
                    ]
                )
            ),
        ]
    )

    private static let comparedRun = run.adding(
        "ComparedRun",
        [
            .date("started_at").orNull, .uuid("model_id").orNull, .uuid("forked_from").orNull,
            .integer("forked_step").orNull, .field("changes", .map.orNull), .integer("model_calls"),
            .field("usage", .map), .list("costs", of: .cost), .number("duration", "Seconds."), .text("content"),
            .list("steps", of: runStep),
        ]
    )

    fileprivate static let comparison = object(
        "Comparison",
        [
            .field("first", comparedRun), .field("second", comparedRun),
            .list("differences", of: .object("DifferentLine", [.text("kind"), .text("text")])),
        ]
    )
}

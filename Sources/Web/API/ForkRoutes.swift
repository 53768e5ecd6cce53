import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// `/v1/runs/{id}`: its steps, going on from one of them with something changed, and two runs side by side.
struct ForkRoutes: Sendable {
    let services: WebServices

    func steps(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let story = try await story(context.identifier("id"), identity)
        return Envelope.list(story.steps, context: context)
    }

    /// `{"step", "changes": {"input", "tool_result": {"call_id", "content"}, "model_id", "instruction"}}`, answered like a
    /// message: whole, as a stream, or later. `tool_results` takes several.
    func fork(_ request: Request, context: WebContext) async throws -> Response {
        struct Result: Decodable {
            var callId: String
            var content: String
        }
        struct Changes: Decodable {
            var input: String?
            var toolResult: Result?
            var toolResults: [Result]?
            var modelId: UUID?
            var instruction: String?
        }
        struct Input: Decodable {
            var step: Int
            var changes: Changes?
        }
        let identity = try context.signedIn()
        let messages = MessageRoutes(services: services)
        let input = try await request.decodeJSON(Input.self, context: context)
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
            key: try messages.idempotencyKey(request),
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

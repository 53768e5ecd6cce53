import Engine
import Hummingbird
import Storage

/// The answer to a request that waits for a run: the message that the run ends with, or 202 with what it waits for once it
/// rests until a person moves it. The run does not depend on this connection: whoever leaves finds the answer later.
struct AwaitedRun {
    let services: WebServices
    let identity: Identity

    func answer(_ start: TurnStart, context: WebContext) async throws -> Response {
        let run = start.run
        var progress = RunProgress()
        // What a colleague asks is not in this log: from time to time it is looked for.
        let tick = StreamDesk.recheckInterval
        for try await events in services.hub.watch(run: run.id, after: 0, from: services.store, tick: tick) {
            events.forEach { progress.take($0) }
            if progress.mayRest, let resting = try await services.resting(run, by: identity.principal) {
                return answer(resting, context)
            }
        }
        try Task.checkCancellation()
        guard progress.hasEnded else {
            throw WebError(.unavailable, "The server ends; the answer goes on as run \(run.id.text).", retryAfter: 2)
        }
        if var failure = progress.failure {
            failure.details.append(.init(field: "run_id", message: run.id.text))
            throw failure
        }
        let message = try await services.store.message(run.messageID, in: run.conversationID, by: identity.principal)
        guard let message else { throw WebError(.conflict, "The run ended without an answer: it was cancelled.") }
        return Envelope.success(message.representation, status: start.isNew ? .created : .ok, context: context)
    }

    private func answer(_ resting: RestingRun, _ context: WebContext) -> Response {
        var representation = resting.run.representation
        representation.set("waiting_for", resting.asked.map(\.representation))
        var response = Envelope.success(representation, status: .accepted, context: context)
        response.headers[.location] = "/v1/runs/\(resting.run.id.text)"
        return response
    }
}

extension Schema {
    /// A run that goes on, or one that a person has to move.
    static let restingRun = run.adding(
        "RestingRun",
        [.list("waiting_for", of: .approval).orMissing.about("What it asks; empty when it was paused.")]
    )
}

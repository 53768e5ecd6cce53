import Crypto
import Engine
import Foundation
import Hummingbird
import NIOCore
import Storage

/// A chat completion by an agent: a run like any other, in a conversation of its own in the archive, marked as a program's.
///
/// Whoever leaves stops it, except who has sent a key and may come back with it. What needs a person's word is not waited for:
/// the answer says what waits, and where.
struct AgentCompletion: Sendable {
    let services: WebServices
    let input: ChatInput
    let agent: UUID
    /// The caller's `Idempotency-Key`: the same request again gets the same run.
    let key: String?
    let identity: Identity

    private var principal: Principal { identity.principal.program }

    /// The run that answers.
    func begin() async throws -> Run {
        let talk = try AgentTalk(input.request)
        let key = key.map { "openai:" + Self.digest([$0]) }
        let earlier = try await placeBegun(by: key)
        let conversation: UUID
        if let earlier {
            conversation = earlier
        } else {
            conversation = try await services.store.keep(talk.talk, question: talk.question, by: principal)
        }
        let turn = TurnInput(
            conversationID: conversation,
            content: talk.question,
            agentID: agent,
            idempotencyKey: key,
            beginsConversation: true,
            circumstances: Self.digest(talk.talk.history.map { "\($0.isAgents) \($0.text)" })
        )
        guard let start = try await services.start(turn, by: principal) else { throw WebError.notFound }
        return start.run
    }

    /// The conversation of what the key has begun before.
    private func placeBegun(by key: String?) async throws -> UUID? {
        guard let key else { return nil }
        return try await services.store.run(withKey: key, by: principal)?.conversationID
    }

    private static func digest(_ parts: [String]) -> String {
        var hash = SHA256()
        for part in parts { hash.update(data: Data("\(part.utf8.count) \(part)".utf8)) }
        return Data(hash.finalize()).base64EncodedString()
    }

    func whole(_ run: Run, _ context: WebContext) async throws -> Response {
        let story = try await services.presence.working(for: context.channel) {
            try await following(run) { story, _ in try await refuseResting(story, run) }
        }
        var answer = ChatAnswer()
        answer.take(.text(story.text))
        let tokens = try await tokens(of: run)
        var response = Response.openAI(
            answer.document(ChatHead(), model: input.model, finish: story.finish, tokens: tokens),
            context
        )
        response.headers[.runID] = run.id.text
        return response
    }

    /// Written as it comes.
    func write(_ run: Run, to handover: Handover) async throws {
        let chunks = ChatChunks(ChatHead(), model: input.model, includesUsage: input.includesUsage)
        var hasBegun = false
        let story = try await following(run) { story, new in
            try await refuseResting(story, run)
            guard !new.isEmpty else { return }
            let isFirst = !hasBegun
            hasBegun = true
            try await handover.write { buffer in
                if isFirst { chunks.begin(&buffer) }
                chunks.text(new, &buffer)
            }
        }
        let tokens = try await tokens(of: run)
        let isFirst = !hasBegun
        try await handover.write { buffer in
            if isFirst { chunks.begin(&buffer) }
            chunks.end(story.finish, tokens: tokens, &buffer)
        }
    }

    /// To the run's end. `act` gets what is new, or nothing of it when nothing was said for a while.
    private func following(
        _ run: Run,
        _ act: (AgentStory, _ new: String) async throws -> Void
    ) async throws -> AgentStory {
        var story = AgentStory()
        do {
            let tick = StreamDesk.recheckInterval
            for try await events in services.hub.watch(run: run.id, after: 0, from: services.store, tick: tick) {
                let new = story.take(events)
                if !new.isEmpty || events.isEmpty || story.progress.mayRest { try await act(story, new) }
            }
            try Task.checkCancellation()
        } catch {
            if error is CancellationError { await stop(run) }
            throw error
        }
        if let failure = story.progress.failure { throw failure }
        guard story.progress.hasEnded else {
            throw WebError(.unavailable, "The server ends; the answer goes on as run \(run.id.text).", retryAfter: 2)
        }
        guard !story.text.isEmpty else { throw WebError(.badGateway, "The run was stopped before it had an answer.") }
        return story
    }

    /// Nobody reads it any more.
    private func stop(_ run: Run) async {
        guard key == nil else { return }
        // A task that was cancelled cannot ask the database.
        await Task { [services, principal] in _ = try? await services.cancel(run.id, by: principal) }.value
    }

    private func refuseResting(_ story: AgentStory, _ run: Run) async throws {
        guard story.progress.mayRest, let resting = try await services.resting(run, by: principal) else { return }
        throw WebError(
            resting.isPaused ? .conflict : .forbidden,
            "\(resting.plea); then GET /v1/runs/\(run.id.text)/events has its answer.",
            specificCode: resting.isPaused ? "run_paused" : "approval_required"
        )
    }

    /// Of all calls of the run, and of those that it asked.
    private func tokens(of run: Run) async throws -> TokenUsage {
        try await services.store.runRecord(run.id, by: principal)?.tokens ?? TokenUsage(input: 0, output: 0)
    }
}

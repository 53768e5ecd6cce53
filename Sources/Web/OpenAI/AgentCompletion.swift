import Engine
import Foundation
import Hummingbird
import NIOCore
import Storage

/// A chat completion by an agent: a run like any other, in a conversation of its own in the archive, marked as a program's.
///
/// Whoever leaves stops it. What needs a person's word is not waited for: the answer says what waits, and where.
struct AgentCompletion: Sendable {
    let services: WebServices
    let input: ChatInput
    let agent: UUID
    let identity: Identity

    private var principal: Principal { identity.principal }

    /// The run that answers.
    func begin() async throws -> Run {
        let talk = try AgentTalk(input.request)
        let conversation = try await services.store.keep(talk.talk, by: principal)
        let turn = TurnInput(conversationID: conversation, content: talk.question, agentID: agent)
        guard let start = try await services.start(turn, by: principal) else { throw WebError.notFound }
        return start.run
    }

    func whole(_ run: Run, _ context: WebContext) async throws -> Response {
        let story = try await services.presence.working(for: context.channel) {
            try await following(run) { story, _ in try await refuseWaiting(story, run) }
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

    /// Written as it comes; silence is broken, so that nobody on the way takes it for an end.
    func write(_ run: Run, to handover: Handover) async throws {
        let chunks = ChatChunks(ChatHead(), model: input.model, includesUsage: input.includesUsage)
        let story = try await following(run) { story, new in
            try await refuseWaiting(story, run)
            let isFirst = !handover.hasBegun
            try await handover.write { buffer in
                if isFirst { chunks.begin(&buffer) }
                if new.isEmpty { buffer.writeString(": still here\n\n") } else { chunks.text(new, &buffer) }
            }
        }
        let tokens = try await tokens(of: run)
        let isFirst = !handover.hasBegun
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
            let tick = EventStreamResponse.recheckInterval
            for try await events in services.hub.watch(run: run.id, after: 0, from: services.store, tick: tick) {
                let new = story.take(events)
                if !new.isEmpty || events.isEmpty || story.isWaiting { try await act(story, new) }
            }
            try Task.checkCancellation()
        } catch {
            if error is CancellationError { await stop(run) }
            throw error
        }
        if let failure = story.failure { throw failure }
        guard story.hasEnded else {
            throw WebError(.unavailable, "The server ends; the answer goes on as run \(run.id.text).", retryAfter: 2)
        }
        guard !story.text.isEmpty else { throw WebError(.badGateway, "The run was stopped before it had an answer.") }
        return story
    }

    /// Nobody reads it any more.
    private func stop(_ run: Run) async {
        // A task that was cancelled cannot ask the database.
        await Task { [services, principal] in _ = try? await services.cancel(run.id, by: principal) }.value
    }

    private func refuseWaiting(_ story: AgentStory, _ run: Run) async throws {
        guard story.isWaiting else { return }
        let waiting = try await services.store.pendingApprovals(by: principal)
        guard let call = waiting.first(where: { $0.conversationID == run.conversationID }) else { return }
        throw WebError(
            .forbidden,
            "The agent waits for a person: \(call.toolName), in run \(call.runID.text). Answer it in ALMA or at "
                + "POST /v1/runs/\(call.runID.text)/approvals/\(call.callID); then the run \(run.id.text) goes on, and "
                + "GET /v1/runs/\(run.id.text)/events has its answer.",
            specificCode: "approval_required"
        )
    }

    /// Of all calls of the run, and of those that it asked.
    private func tokens(of run: Run) async throws -> TokenUsage {
        try await services.store.runRecord(run.id, by: principal)?.tokens ?? TokenUsage(input: 0, output: 0)
    }
}

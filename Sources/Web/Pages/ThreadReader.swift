import Engine
import Foundation
import Markdown
import Storage

/// Reads a page of a conversation's messages with what their runs are doing, and makes views of them.
struct ThreadReader: Sendable {
    let desk: Desk
    let identity: Identity
    let csrf: String
    let voice: Voice
    /// What a person said about a call and could not be taken.
    var draft: ToolQuestion.Draft?

    /// One page of a conversation, oldest first.
    struct Thread: Sendable {
        var items: [ThreadItem]
        /// The message before which there are more; nil when this is all.
        var older: UUID?
        var activeRun: Run?
        var pending: PendingView
    }

    /// The `limit` messages before `place` (nil: the newest); nil when there is no such conversation.
    func thread(of conversation: UUID, before place: UUID?, limit: Int, agents: Choices) async throws -> Thread? {
        let (store, principal) = (desk.store, identity.principal)
        // One more than is shown tells whether there are older ones.
        let found = try await store.messages(in: conversation, before: place, limit: limit + 1, by: principal)
        guard let messages = found else { return nil }
        let shown = Array(messages.suffix(limit))
        let runs = try await store.runs(behind: shown, in: conversation, by: principal)
        let written = Set(runs.filter(\.isWritten).map(\.run.messageID))
        var next: Message?
        if let place { next = try await store.message(place, in: conversation, by: principal) }
        let plan = ThreadPlan(messages: shown, runs: runs.map(\.run), written: written, next: next)
        var items: [ThreadItem] = []
        for entry in plan.entries { items += try await views(entry, agents: agents) }
        return Thread(
            items: items,
            older: messages.count > limit ? shown.first?.id : nil,
            activeRun: runs.last { !$0.run.state.isFinal }?.run,
            pending: try await pending(in: conversation)
        )
    }

    /// What waits to be taken in, or to be said.
    func pending(in conversation: UUID) async throws -> PendingView {
        let messages = try await desk.store.pendingMessages(in: conversation, by: identity.principal) ?? []
        return PendingView(messages, csrf: csrf, voice: voice)
    }

    /// What the runs below a turn ask their person: whoever reads the turn answers them here.
    func questionsBelow(_ run: Run) async throws -> [ToolQuestion] {
        try await desk.store.pendingApprovals(below: run.id, by: identity.principal).map { asked in
            ToolQuestion(LiveAnswer.Tool(asked), run: asked.runID, draft: draft, csrf: csrf, voice: voice)
        }
    }

    func said(_ message: Message) -> SaidView {
        SaidView(message, name: identity.user.nickname, csrf: csrf, voice: voice)
    }

    /// The answer of a run that has just ended, even if it never wrote a word.
    func answer(of run: Run, agents: Choices) async throws -> AnswerView {
        let message = try await desk.store.message(run.messageID, in: run.conversationID, by: identity.principal)
        return try await answer(message, run: run, canRetry: true, agents: agents)
    }

    private func views(_ entry: ThreadPlan.Entry, agents: Choices) async throws -> [ThreadItem] {
        switch entry {
        case .said(let message): return [ThreadItem(said: said(message))]
        case .answer(let message, let run, let canRetry):
            return [ThreadItem(answer: try await answer(message, run: run, canRetry: canRetry, agents: agents))]
        case .growing(let run):
            return [ThreadItem(growing: try await growing(run, agents: agents))]
        }
    }

    private func answer(_ message: Message?, run: Run?, canRetry: Bool, agents: Choices) async throws -> AnswerView {
        let metadata = AnswerMetadata(json: message?.modelMetadata)
        let facts = AnswerView.Facts(
            id: message?.id ?? run?.messageID ?? UUID(),
            agent: agents.name(of: message?.agentID ?? run?.agentID, voice: voice) ?? voice.words["composer.agent"],
            date: message?.timestamp ?? run?.finishedAt ?? voice.now,
            run: run,
            metadata: metadata,
            tools: try await tools(of: run, metadata: metadata),
            canRetry: canRetry,
            conversation: message?.conversationID ?? run?.conversationID ?? UUID(),
            message: message?.id,
            versions: try await versions(message, run),
            choices: agents.again(voice: voice)
        )
        let text = message?.content ?? ""
        return AnswerView(facts, html: text.isEmpty ? "" : MarkdownRenderer.html(text), csrf: csrf, voice: voice)
    }

    /// The other answers to the same question.
    private func versions(_ message: Message?, _ run: Run?) async throws -> [UUID] {
        if let message { return message.versions }
        guard let run else { return [] }
        return try await desk.store.messages(
            under: run.userMessageID,
            in: run.conversationID,
            by: identity.principal
        )
    }

    /// Only answers that used tools have their log read again.
    private func tools(of run: Run?, metadata: AnswerMetadata) async throws -> [ToolLine] {
        guard let run, (metadata.toolCalls ?? 0) > 0 else { return [] }
        return try await live(run).toolLines(voice: voice)
    }

    private func growing(_ run: Run, agents: Choices) async throws -> GrowingView {
        let live = try await live(run)
        var text = LiveText()
        _ = text.advance(to: live)
        return GrowingView(
            run: run,
            agent: agents.name(of: run.agentID, voice: voice) ?? voice.words["composer.agent"],
            live: live,
            html: text.blocks.joined(),
            draft: draft,
            questionsBelow: live.state == .waiting ? try await questionsBelow(run) : [],
            csrf: csrf,
            voice: voice
        )
    }

    /// The log so far, read in pieces.
    private func live(_ run: Run) async throws -> LiveAnswer {
        let size = 2000
        var live = LiveAnswer()
        while true {
            let found = try await desk.store.events(
                of: run.id,
                after: live.sequence,
                limit: size,
                by: identity.principal
            )
            for event in found ?? [] { live.feed(event) }
            if (found?.count ?? 0) < size { return live }
        }
    }
}

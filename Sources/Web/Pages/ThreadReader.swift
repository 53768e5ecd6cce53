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
    /// For the page of one run, not that of its conversation.
    var isForRun = false

    /// One page of a conversation, oldest first.
    struct Thread: Sendable {
        var items: [ThreadItem]
        /// The message before which there are more; nil when this is all.
        var older: UUID?
        var activeRun: Run?
        /// The one that spoke last, and goes on speaking unless another is chosen.
        var agent: UUID?
        var pending: PendingView

        var isAsking: Bool { items.contains { $0.growing?.hasQuestions == true } }
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
        let trees = try await store.trees(of: plan.entries.compactMap(\.turnWithCalls), by: principal)
        var items: [ThreadItem] = []
        let costs = try await store.costs(ofTurns: runs.map(\.run.id), by: principal)
        for entry in plan.entries { items += try await views(entry, trees: trees, agents: agents, costs: costs) }
        return Thread(
            items: items,
            older: messages.count > limit ? shown.first?.id : nil,
            activeRun: runs.last { !$0.run.state.isFinal }?.run,
            agent: runs.last?.run.agentID,
            pending: try await pending(in: conversation)
        )
    }

    /// What waits to be taken in, or to be said.
    func pending(in conversation: UUID) async throws -> PendingView {
        let messages = try await desk.store.pendingMessages(in: conversation, by: identity.principal) ?? []
        return PendingView(messages, csrf: csrf, voice: voice)
    }

    func said(_ message: Message) -> SaidView {
        SaidView(message, name: identity.user.nickname, csrf: csrf, voice: voice)
    }

    /// The answer of a run that has just ended, even if it never wrote a word. A child's is no message of the talk.
    func answer(of run: Run, agents: Choices) async throws -> AnswerView {
        let tree = try await tree(of: run)
        guard run.parentRunID == nil else {
            let result = run.state == .failed ? nil : try await task(of: run)?.result
            return try await answer(nil, text: result ?? "", run: run, tree: tree, canRetry: false, agents: agents)
        }
        let message = try await desk.store.message(run.messageID, in: run.conversationID, by: identity.principal)
        let text = message?.content ?? ""
        let costs = try await desk.store.costs(ofTurns: [run.id], by: identity.principal)
        return try await answer(
            message,
            text: text,
            run: run,
            tree: tree,
            canRetry: true,
            agents: agents,
            costs: costs
        )
    }

    /// The run with all below it.
    func tree(of run: Run) async throws -> TurnTree? {
        try await desk.store.tree(of: run, by: identity.principal)?.below(run.id)
    }

    /// A child is seen on its own page alone.
    func isWhole(_ run: Run) -> Bool { isForRun || run.parentRunID != nil }

    /// nil of a turn.
    func task(of run: Run) async throws -> RunTask? {
        run.parentRunID == nil ? nil : try await desk.store.task(of: run.id, by: identity.principal)
    }

    /// The reader's voice at another moment.
    func voice(at now: Date) throws -> Voice {
        try desk.templates.voice(voice.words.language, zone: voice.zone, now: now)
    }

    private func views(
        _ entry: ThreadPlan.Entry,
        trees: [UUID: TurnTree],
        agents: Choices,
        costs: [UUID: [String: Decimal]]
    ) async throws -> [ThreadItem] {
        switch entry {
        case .said(let message): return [ThreadItem(said: said(message))]
        case .answer(let message, let run, let canRetry):
            let tree = run.flatMap { trees[$0.id] }
            let text = message?.content ?? ""
            let view = try await answer(
                message,
                text: text,
                run: run,
                tree: tree,
                canRetry: canRetry,
                agents: agents,
                costs: costs
            )
            return [ThreadItem(answer: view)]
        case .growing(let run):
            return [ThreadItem(growing: try await growing(run, agents: agents))]
        }
    }

    private func answer(
        _ message: Message?,
        text: String,
        run: Run?,
        tree: TurnTree?,
        canRetry: Bool,
        agents: Choices,
        costs: [UUID: [String: Decimal]] = [:]
    ) async throws -> AnswerView {
        var metadata = AnswerMetadata(json: message?.modelMetadata)
        metadata.turnCosts = run.flatMap { costs[$0.id] } ?? [:]
        let facts = AnswerView.Facts(
            id: message?.id ?? run?.messageID ?? UUID(),
            agent: agents.name(of: message?.agentID ?? run?.agentID, voice: voice) ?? voice.words["composer.agent"],
            date: message?.timestamp ?? run?.finishedAt ?? voice.now,
            run: run,
            metadata: metadata,
            tree: tree,
            isWhole: run.map(isWhole) ?? false,
            budget: try await stoppingBudget(of: run),
            canRetry: canRetry,
            conversation: message?.conversationID ?? run?.conversationID ?? UUID(),
            message: message?.id,
            versions: try await versions(message, run),
            attachments: message?.attachments ?? [],
            choices: agents.again(voice: voice)
        )
        return AnswerView(facts, html: text.isEmpty ? "" : MarkdownRenderer.html(text), csrf: csrf, voice: voice)
    }

    /// The other answers to the same question.
    private func versions(_ message: Message?, _ run: Run?) async throws -> [UUID] {
        if let message { return message.versions }
        guard let run, run.parentRunID == nil else { return [] }
        return try await desk.store.messages(
            under: run.userMessageID,
            in: run.conversationID,
            by: identity.principal
        )
    }

    /// The budget that stopped a run, read off its log.
    private func stoppingBudget(of run: Run?) async throws -> BudgetNotice? {
        guard let run, run.errorCode == RunFailure.budgetExceeded.rawValue else { return nil }
        return try await live(run).budgets.last { $0.isStop }
    }

    /// An answer that is being written. Only where others were called are their runs looked at.
    func growing(_ run: Run, agents: Choices) async throws -> GrowingView {
        let live = try await live(run)
        var text = LiveText()
        _ = text.advance(to: live)
        let hasMore = !live.calls.isEmpty || isWhole(run)
        let tree = hasMore ? try await tree(of: run) : nil
        return GrowingView(
            run: run,
            agent: agents.name(of: run.agentID, voice: voice) ?? voice.words["composer.agent"],
            live: live,
            tree: tree,
            isWhole: isWhole(run),
            html: text.blocks.joined(),
            draft: draft,
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

extension ThreadPlan.Entry {
    /// The run of an answer that was not written by one model alone, or was not written at all: more is to be said of it.
    fileprivate var turnWithCalls: UUID? {
        guard case .answer(let message, let run?, _) = self else { return nil }
        let hasCalls = message.map { (AnswerMetadata(json: $0.modelMetadata).toolCalls ?? 0) > 0 } ?? true
        return hasCalls ? run.id : nil
    }
}

package import Foundation

/// A journal that forgets when the process ends: for tests, of the engine and of whoever builds on it.
package final class MemoryJournal: Journal {
    struct Entry {
        var run: Run
        var brief: RunBrief
        var epoch: Int64 = 0
        var worker: UUID?
        var isCancelling = false
        var isPausing = false
        /// What people said into it that it has not taken in.
        var unheard: [String] = []
        var events: [RunEvent] = []
        var usage: [UsageRecord] = []
        var asked: [CallRequest] = []
        /// Of a child: what it answers.
        var key: String?
        var isAgentReplaced = false
        var outcome: RunOutcome?
        var results: [String: String] = [:]
    }

    struct WritingEntry {
        var task: WritingTask
        var owner: UUID?
        var notes: [WrittenNotes] = []
        var isDone = false
    }

    struct Call {
        var provider: UUID
        var run: UUID
        var epoch: Int64
        var isOver = false
        let beganAt = ContinuousClock.now
    }

    struct State {
        var calls: [UUID: Call] = [:]
        var entries: [UUID: Entry] = [:]
        var order: [UUID] = []
        var signs: [UUID: ContinuousClock.Instant] = [:]
        var failure: (any Error)?
        var refuses: @Sendable (String) -> Bool = { _ in false }
        var appends = 0
        /// By conversation.
        var writing: [UUID: WritingEntry] = [:]
        /// What an agent's runs are told, by agent: children's, and those that were handed on.
        var agents: [UUID: RunBrief] = [:]
        var budgets = MemoryBudgets()
    }

    let state = Locked(State())

    package init() {}

    /// Every call throws `error` until it is nil again: the database is away.
    package func fail(with error: (any Error)?) { state.withLock { $0.failure = error } }

    /// From now on the data of an event for which `rule` holds is refused for good, and all that comes with it.
    package func refuse(_ rule: @escaping @Sendable (String) -> Bool) { state.withLock { $0.refuses = rule } }

    /// Puts a run into the queue with the two events that a new run has.
    package func enqueue(_ run: Run, brief: RunBrief) { state.withLock { $0.add(run, brief: brief) } }

    /// A run that goes on from a step of another one.
    package func enqueue(_ run: Run, brief: RunBrief, fork: RunFork) {
        state.withLock { $0.add(run, brief: brief, said: fork.events(for: run)) }
    }

    /// What the runs of an agent are told when another agent asks it, or hands over.
    package func employ(_ agent: UUID, brief: RunBrief) { state.withLock { $0.agents[agent] = brief } }

    /// The agent that a queued run asked for is switched off; another one answers.
    package func replaceAgent(of run: UUID, by agent: UUID) {
        state.withLock { state in
            state.entries[run]?.run.agentID = agent
            state.entries[run]?.isAgentReplaced = true
        }
    }

    /// The runs that `run` has asked for, the oldest first.
    package func children(of run: UUID) -> [Run] {
        state.withLock { state in
            state.order.compactMap { state.entries[$0]?.run }.filter { $0.parentRunID == run }
        }
    }

    package func requestCancellation(of run: UUID) { state.withLock { $0.cancel(run) } }

    /// The worker has not been heard of for ever.
    package func forget(worker: UUID) { state.withLock { $0.signs[worker] = nil } }

    package func outcome(of run: UUID) -> RunOutcome? { state.withLock { $0.entries[run]?.outcome } }

    /// What holds for the run's tools from its next attempt on.
    package func setPolicy(_ policy: ToolPolicy, run: UUID) {
        state.withLock { $0.entries[run]?.brief.policy = policy }
    }

    /// From now on what the runs for which `counts` holds may spend is bounded. Returns the budget's id.
    @discardableResult
    package func addBudget(
        _ name: String,
        _ terms: BudgetTerms,
        counts: @escaping @Sendable (Run) -> Bool = { _ in true }
    ) -> UUID {
        state.withLock { $0.budgets.add(name, terms, counts: counts) }
    }

    /// What was spent of a budget, and what calls under way have set aside.
    package func spending(of budget: UUID) -> (spent: Decimal, reserved: Decimal) {
        state.withLock { state in
            (state.budgets.spent(of: budget), state.budgets.reserved(of: budget, isLive: state.isLive))
        }
    }

    /// The results that are kept whole, by call.
    package func results(of run: UUID) -> [String: String] { state.withLock { $0.entries[run]?.results ?? [:] } }

    /// What was written about a conversation, try by try.
    package func notes(of conversation: UUID) -> [WrittenNotes] {
        state.withLock { $0.writing[conversation]?.notes ?? [] }
    }

    /// What has been paid for the run.
    package func usage(of run: UUID) -> [UsageRecord] { state.withLock { $0.entries[run]?.usage ?? [] } }

    /// How many transactions the log has taken.
    package var appends: Int { state.withLock { $0.appends } }

    /// As with a database, a task that was cancelled gets nothing any more.
    func access<Result>(_ body: (inout State) throws -> Result) throws -> Result {
        try Task.checkCancellation()
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return try body(&state)
        }
    }

    // MARK: Journal

    package func claim(worker: UUID, limit: Int, silence: Duration) async throws -> [ClaimedRun] {
        try access { state in
            state.signs[worker] = .now
            var claimed: [ClaimedRun] = []
            for id in state.order where claimed.count < limit {
                guard var entry = state.entries[id], !entry.run.state.isFinal else { continue }
                let sign = entry.worker.flatMap { state.signs[$0] }
                guard entry.run.state != .waiting, entry.run.state != .paused,
                    entry.run.state == .queued || sign.map({ $0.duration(to: .now) > silence }) ?? true
                else {
                    continue
                }
                entry.epoch += 1
                // One that rested goes on; one whose worker fell silent is tried once more.
                if entry.run.attempt == 0 || entry.worker != nil { entry.run.attempt += 1 }
                entry.run.state = .running
                entry.worker = worker
                state.entries[id] = entry
                let last = entry.events.last?.sequence ?? 0
                claimed.append(
                    ClaimedRun(
                        run: entry.run,
                        epoch: entry.epoch,
                        lastSequence: last,
                        isAgentReplaced: entry.isAgentReplaced
                    )
                )
            }
            return claimed
        }
    }

    package func heartbeat(worker: UUID) async throws -> [RunWish] {
        try access { state in
            state.signs[worker] = .now
            return state.entries.values.filter { $0.worker == worker }.map(\.wish).filter { $0 != RunWish(run: $0.run) }
        }
    }

    package func retire(worker: UUID) async throws { try access { $0.signs[worker] = nil } }

    package func brief(for run: ClaimedRun) async throws -> RunBrief {
        try access { state in
            guard let entry = state.entries[run.run.id] else { throw MissingRun() }
            var brief = entry.brief
            brief.children = state.children(of: run.run.id)
            brief.team.size = state.entries.values.count { $0.run.rootRunID == run.run.rootRunID }
            brief.isCancelled = brief.isCancelled || entry.isCancelling
            brief.isPausing = entry.isPausing
            brief.isSteered = !entry.unheard.isEmpty
            brief.hasBudgets = !state.budgets.isEmpty
            return brief
        }
    }

    package func append(_ batches: [EventBatch]) async throws -> Set<UUID> {
        try access { state in
            state.appends += 1
            guard !batches.contains(where: { $0.events.contains { state.refuses($0.data) } }) else { throw Refused() }
            var refused: Set<UUID> = []
            for batch in batches {
                guard state.entries[batch.run]?.epoch == batch.epoch, state.entries[batch.run]?.outcome == nil else {
                    refused.insert(batch.run)
                    continue
                }
                state.entries[batch.run]?.events += batch.events
                state.pay(batch.usage, of: batch.run)
                if let next = batch.state { state.entries[batch.run]?.run.state = next }
            }
            return refused
        }
    }

    package func reserve(_ reservation: BudgetReservation) async throws -> BudgetAnswer {
        try access { state in
            guard let entry = state.entries[reservation.run], state.isLive(reservation.run, reservation.epoch) else {
                return .lost
            }
            let allowed = entry.brief.approvals.filter { $0.decision == .approved }.map(\.callID)
            return state.budgets.reserve(
                reservation,
                of: entry.run,
                allowed: Set(allowed),
                isLive: { [state] in state.isLive($0, $1) }
            )
        }
    }

    package func finish(_ outcome: RunOutcome) async throws -> Bool {
        try access { state in
            guard var entry = state.entries[outcome.run.id], entry.epoch == outcome.epoch, entry.outcome == nil else {
                return false
            }
            guard !outcome.events.contains(where: { state.refuses($0.data) }) else { throw Refused() }
            entry.events += outcome.events
            entry.run.state = outcome.state
            entry.outcome = outcome
            if !outcome.writing.isEmpty {
                let task = WritingTask(run: entry.run, wants: outcome.writing, attempt: 0)
                state.writing[entry.run.conversationID] = WritingEntry(task: task)
            }
            state.entries[outcome.run.id] = entry
            state.pay(outcome.usage, of: outcome.run.id)
            for child in state.children(of: outcome.run.id) where !child.state.isFinal { state.cancel(child.run) }
            if let parent = outcome.run.parentRunID { state.wake(parent) }
            return true
        }
    }

    package func suspend(_ suspended: SuspendedRun) async throws -> Bool {
        try access { state in
            guard var entry = state.entries[suspended.run.id], entry.epoch == suspended.epoch, entry.outcome == nil
            else {
                return false
            }
            entry.events += suspended.events
            let hasNews = suspended.awaited.contains { state.entries[$0]?.run.state.isFinal ?? true }
            let isAnswered = entry.ask(suspended.calls)
            let goesOn = hasNews || isAnswered || entry.isCancelling || suspended.successor != nil
            let isResumed = suspended.isPaused && !entry.isPausing
            entry.run.state = goesOn || isResumed ? .queued : suspended.isPaused ? .paused : .waiting
            entry.worker = nil
            if let successor = suspended.successor, let brief = state.agents[successor] {
                entry.run.agentID = successor
                entry.brief = brief.continuing(entry.brief)
            }
            state.entries[suspended.run.id] = entry
            state.pay(suspended.usage, of: suspended.run.id)
            for child in suspended.children { state.add(child) }
            return true
        }
    }

    package func enter(_ provider: UUID, _ limit: ProviderLimit, for run: ClaimedRun) async throws -> ProviderEntry {
        try access { state in
            let calls = state.calls.values.filter { $0.provider == provider }
            let underWay = calls.filter { call in
                let entry = state.entries[call.run]
                return !call.isOver && call.run != run.run.id && entry?.epoch == call.epoch && entry?.worker != nil
                    && entry?.outcome == nil
            }
            let recent = calls.map(\.beganAt).filter { $0.duration(to: .now) < .seconds(60) }
            if let most = limit.perMinute, recent.count >= most {
                return .full(seconds: recent.min().map { 60 - $0.duration(to: .now) / .seconds(1) })
            }
            if let most = limit.concurrent, underWay.count >= most { return .full(seconds: nil) }
            let id = UUID.v7()
            state.calls[id] = Call(provider: provider, run: run.run.id, epoch: run.epoch)
            return .entered(id)
        }
    }

    package func leave(_ call: UUID) async throws { try access { $0.calls[call]?.isOver = true } }

    package func keep(_ result: String, resultOf call: String, of run: ClaimedRun) async throws -> Bool {
        try access { state in
            guard state.entries[run.run.id]?.epoch == run.epoch else { return false }
            state.entries[run.run.id]?.results[call] = result
            return true
        }
    }

    package func claimWriting(worker: UUID, limit: Int, silence: Duration) async throws -> [WritingTask] {
        try access { state in
            var tasks: [WritingTask] = []
            for (conversation, entry) in state.writing where !entry.isDone && tasks.count < limit {
                let sign = entry.owner.flatMap { state.signs[$0] }
                guard sign.map({ $0.duration(to: .now) > silence }) ?? true else { continue }
                state.writing[conversation]?.owner = worker
                state.writing[conversation]?.task.attempt += 1
                if let task = state.writing[conversation]?.task { tasks.append(task) }
            }
            return tasks
        }
    }

    package func brief(for task: WritingTask) async throws -> WritingBrief {
        try access { state in
            guard let entry = state.entries[task.run.id] else { throw MissingRun() }
            let messages = entry.brief.messages + [.assistant(text: entry.outcome?.content ?? "", toolCalls: [])]
            return WritingBrief(
                messages: messages,
                ids: messages.map { _ in UUID.v7() },
                summary: entry.brief.context.summary,
                candidates: entry.brief.candidates,
                hasBudgets: !state.budgets.isEmpty
            )
        }
    }

    package func finish(_ task: WritingTask, _ notes: WrittenNotes, by worker: UUID) async throws {
        try access { state in
            state.pay(notes.usage, of: task.run.id)
            guard state.writing[task.run.conversationID]?.owner == worker else { return }
            state.writing[task.run.conversationID]?.owner = nil
            state.writing[task.run.conversationID]?.notes.append(notes)
            state.writing[task.run.conversationID]?.isDone = notes.isDone
            if notes.title != nil { state.writing[task.run.conversationID]?.task.wants.remove(.title) }
        }
    }

    package func watch(run: UUID) async throws {}

    package func events(of run: UUID, after sequence: Int64, limit: Int) async throws -> [RunEvent] {
        try access { state in
            Array((state.entries[run]?.events ?? []).lazy.filter { $0.sequence > sequence }.prefix(limit))
        }
    }
}

extension MemoryJournal.State {
    /// `said` is what stands in its log after the message.
    fileprivate mutating func add(
        _ run: Run,
        brief: RunBrief,
        key: String? = nil,
        said: [(kind: RunEvent.Kind, data: String)]? = nil
    ) {
        let data = EventData(run: run)
        let received = data.messageReceived(userMessage: run.userMessageID, temporaryID: nil)
        let begun = [(.messageReceived, received)] + (said ?? [(.runStatus, data.runStatus(.queued, attempt: 0))])
        let events = begun.enumerated().map { index, event in
            RunEvent(sequence: Int64(index + 1), kind: event.0, data: event.1, timestamp: run.createdAt)
        }
        entries[run.id] = MemoryJournal.Entry(run: run, brief: brief, events: events, key: key)
        order.append(run.id)
    }

    fileprivate mutating func add(_ child: NewChild) {
        let isThere = entries.values.contains { $0.run.parentRunID == child.run.parentRunID && $0.key == child.key }
        guard !isThere, var brief = agents[child.run.agentID] else { return }
        brief.task = child.task
        add(child.run, brief: brief, key: child.key)
    }

    fileprivate func children(of run: UUID) -> [ChildRecord] {
        order.compactMap { entries[$0] }.filter { $0.run.parentRunID == run }.map { entry in
            ChildRecord(
                run: entry.run.id,
                key: entry.key ?? "",
                agentID: entry.run.agentID,
                state: entry.run.state,
                result: entry.outcome.map { $0.errorMessage ?? $0.content } ?? "",
                errorCode: entry.outcome?.errorCode
            )
        }
    }

    /// With all that it has asked for. One that rests is taken up once more, to end with what it has said.
    fileprivate mutating func cancel(_ run: UUID) {
        entries[run]?.isCancelling = true
        if [.waiting, .paused].contains(entries[run]?.run.state) { entries[run]?.run.state = .queued }
        for child in children(of: run) where !child.state.isFinal { cancel(child.run) }
    }

    fileprivate mutating func wake(_ run: UUID) {
        if entries[run]?.run.state == .waiting { entries[run]?.run.state = .queued }
    }

    /// Whether this epoch's holder still works on the run, or writes about it.
    fileprivate func isLive(_ run: UUID, _ epoch: Int64) -> Bool {
        guard let entry = entries[run] else { return false }
        return epoch == BudgetReservation.background
            || entry.epoch == epoch && entry.worker != nil && entry.outcome == nil
    }

    fileprivate mutating func pay(_ records: [UsageRecord], of run: UUID) {
        guard let known = entries[run] else { return }
        entries[run]?.usage += records
        budgets.settle(records, of: known.run)
    }
}

private struct Refused: JournalFailure {
    var isTransient: Bool { false }
}

/// A run that this journal has never seen.
private struct MissingRun: Error {}

extension RunBrief {
    /// The same conversation in another agent's hands.
    fileprivate func continuing(_ earlier: RunBrief) -> RunBrief {
        var brief = self
        brief.messages = earlier.messages
        brief.approvals = earlier.approvals
        return brief
    }
}

package import Foundation

/// A journal that forgets when the process ends: for tests, of the engine and of whoever builds on it.
package final class MemoryJournal: Journal {
    let state = Locked(State())

    package init() {}

    /// As with a database, a task that was cancelled gets nothing any more.
    func access<Result>(_ body: (inout State) throws -> Result) throws -> Result {
        try Task.checkCancellation()
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return try body(&state)
        }
    }

    // MARK: Journal

    package func claim(
        worker: UUID,
        limit: Int,
        silence: Duration,
        held: [UUID]?
    ) async throws -> [ClaimedRun] {
        try access { state in
            state.signs[worker] = .now
            var claimed: [ClaimedRun] = []
            for id in state.order where claimed.count < limit {
                guard var entry = state.entries[id], !entry.run.state.isFinal else { continue }
                let sign = entry.worker.flatMap { state.signs[$0] }
                let isSilent = sign.map { $0.duration(to: .now) > silence } ?? true
                let isDropped = entry.worker == worker && held?.contains(id) == false
                guard entry.run.state != .waiting, entry.run.state != .paused,
                    entry.run.state == .queued || isSilent || isDropped
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

    package func tokens(besides run: Run) async throws -> Int {
        try access { state in
            let others = state.entries.values.filter { $0.run.rootRunID == run.rootRunID && $0.run.id != run.id }
            return others.flatMap(\.usage).reduce(0) { $0 + $1.tokens.total }
        }
    }

    package func append(_ batches: [EventBatch]) async throws -> Set<UUID> {
        try access { state in
            guard !batches.contains(where: { $0.events.contains { state.refuses($0.data) } }) else { throw Refused() }
            var refused: Set<UUID> = []
            for batch in batches {
                guard state.entries[batch.run]?.epoch == batch.epoch, state.entries[batch.run]?.outcome == nil else {
                    refused.insert(batch.run)
                    continue
                }
                state.entries[batch.run]?.events += batch.events
                state.pay(batch.usage, of: batch.run)
                state.audit(batch.toolCalls, of: batch.run)
                if let next = batch.state { state.entries[batch.run]?.run.state = next }
            }
            return refused
        }
    }

    package func reserve(_ reservation: BudgetReservation) async throws -> BudgetAnswer {
        guard case .run(let run, let epoch) = reservation.holder else { throw Refused() }
        return try access { state in
            guard let entry = state.entries[run], state.isLive(run, epoch) else { return .lost }
            let allowed = entry.brief.approvals.filter { $0.decision == .approved }.map(\.callID)
            return state.budgets.reserve(
                reservation,
                of: entry.run,
                epoch: epoch,
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
            state.audit(outcome.toolCalls, of: outcome.run.id)
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
            state.audit(suspended.toolCalls, of: suspended.run.id)
            for child in suspended.children { state.add(child) }
            return true
        }
    }

    /// Knows runs only.
    package func enter(
        _ provider: UUID,
        _ limit: ProviderLimit,
        for holder: CallHolder
    ) async throws -> ProviderEntry {
        guard case .run(let run, let epoch) = holder else { throw Refused() }
        return try access { state in
            let calls = state.calls.values.filter { $0.provider == provider }
            let underWay = calls.filter { call in
                let entry = state.entries[call.run]
                return !call.isOver && call.run != run && entry?.epoch == call.epoch && entry?.worker != nil
                    && entry?.outcome == nil
            }
            let recent = calls.map(\.beganAt).filter { $0.duration(to: .now) < .seconds(60) }
            if let most = limit.perMinute, recent.count >= most {
                return .full(seconds: recent.min().map { 60 - $0.duration(to: .now) / .seconds(1) })
            }
            if let most = limit.concurrent, underWay.count >= most { return .full(seconds: nil) }
            let id = UUID.v7()
            state.calls[id] = Call(provider: provider, run: run, epoch: epoch)
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

    package func watch(run: UUID) async throws {}

    package func events(of run: UUID, after sequence: Int64, limit: Int) async throws -> [RunEvent] {
        try access { state in
            Array((state.entries[run]?.events ?? []).lazy.filter { $0.sequence > sequence }.prefix(limit))
        }
    }
}

private struct Refused: JournalFailure {
    var isTransient: Bool { false }
}

extension RunBrief {
    /// The same conversation in another agent's hands.
    fileprivate func continuing(_ earlier: RunBrief) -> RunBrief {
        var brief = self
        brief.messages = earlier.messages
        brief.approvals = earlier.approvals
        return brief
    }
}

import Foundation

// What it holds.

extension MemoryJournal {
    struct Entry {
        var run: Run
        var brief: RunBrief
        var epoch: Int64 = 0
        var worker: UUID?
        var isCancelling = false
        var isPausing = false
        /// What people said into it that it has not taken in.
        var unheard: [Said] = []
        var events: [RunEvent] = []
        var usage: [UsageRecord] = []
        var toolCalls: [ToolCallRecord] = []
        var asked: [CallRequest] = []
        /// Of a child: what it answers.
        var key: String?
        var isAgentReplaced = false
        var outcome: RunOutcome?
        var results: [String: String] = [:]
    }

    struct Said {
        var words: String
        var temporaryID: String?
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
        /// By conversation.
        var writing: [UUID: WritingEntry] = [:]
        /// What an agent's runs are told, by agent: children's, and those that were handed on.
        var agents: [UUID: RunBrief] = [:]
        var budgets = MemoryBudgets()
    }
}

extension MemoryJournal.State {
    /// `said` is what stands in its log after the message.
    mutating func add(
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

    mutating func add(_ child: NewChild) {
        let isThere = entries.values.contains { $0.run.parentRunID == child.run.parentRunID && $0.key == child.key }
        guard !isThere, var brief = agents[child.run.agentID] else { return }
        brief.task = child.task
        add(child.run, brief: brief, key: child.key)
    }

    func children(of run: UUID) -> [ChildRecord] {
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
    mutating func cancel(_ run: UUID) {
        entries[run]?.isCancelling = true
        if [.waiting, .paused].contains(entries[run]?.run.state) { entries[run]?.run.state = .queued }
        for child in children(of: run) where !child.state.isFinal { cancel(child.run) }
    }

    mutating func wake(_ run: UUID) {
        if entries[run]?.run.state == .waiting { entries[run]?.run.state = .queued }
    }

    /// Whether this epoch's holder still works on the run, or writes about it.
    func isLive(_ run: UUID, _ epoch: Int64) -> Bool {
        guard let entry = entries[run] else { return false }
        return epoch == BudgetReservation.background
            || entry.epoch == epoch && entry.worker != nil && entry.outcome == nil
    }

    /// A call that is there already is the same one.
    mutating func audit(_ records: [ToolCallRecord], of run: UUID) {
        for record in records where entries[run]?.toolCalls.contains(where: { $0.callID == record.callID }) == false {
            entries[run]?.toolCalls.append(record)
        }
    }

    mutating func pay(_ records: [UsageRecord], of run: UUID) {
        guard let known = entries[run] else { return }
        entries[run]?.usage += records
        budgets.settle(records, of: known.run)
    }
}

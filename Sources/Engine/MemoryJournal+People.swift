package import Foundation

/// What people say to the runs of a journal in memory.
extension MemoryJournal {
    /// The calls that wait for an answer; empty while the run works.
    package func asked(of run: UUID) -> [ToolCall] { requests(of: run).map(\.call) }

    package func requests(of run: UUID) -> [CallRequest] {
        state.withLock { $0.entries[run].map { $0.run.state == .waiting ? $0.asked : [] } ?? [] }
    }

    /// A person's answer; with the last one the run is queued again.
    package func decide(_ answer: CallAnswer, run: UUID) {
        state.withLock { state in
            guard var entry = state.entries[run], entry.run.state == .waiting else { return }
            entry.brief.approvals.append(answer)
            if entry.asked.allSatisfy(entry.isAnswered) { entry.run.state = .queued }
            state.entries[run] = entry
        }
    }

    /// Somebody wants a run to rest. One that nobody works on rests at once.
    package func pause(_ run: UUID) {
        state.withLock { state in
            state.entries[run]?.isPausing = true
            if [.queued, .waiting].contains(state.entries[run]?.run.state) { state.entries[run]?.run.state = .paused }
        }
    }

    package func resume(_ run: UUID) {
        state.withLock { state in
            guard var entry = state.entries[run] else { return }
            entry.isPausing = false
            if entry.run.state == .paused {
                entry.run.state = entry.asked.allSatisfy(entry.isAnswered) ? .queued : .waiting
            }
            state.entries[run] = entry
        }
    }

    /// Somebody says something into a run.
    package func steer(_ run: UUID, _ words: String, temporaryID: String? = nil) {
        state.withLock { $0.entries[run]?.unheard.append(Said(words: words, temporaryID: temporaryID)) }
    }

    package func state(of run: UUID) -> RunState? { state.withLock { $0.entries[run]?.run.state } }

    package func takeSteering(of run: ClaimedRun, after step: Int) async throws -> [SteeringMessage] {
        try access { state in
            guard var entry = state.entries[run.run.id], entry.epoch == run.epoch, entry.outcome == nil else {
                return []
            }
            let known = entry.brief.steering.count
            let heard = entry.unheard.enumerated().map { index, said in
                let id = SteeringMessage.id(after: run.run.userMessageID, number: known + index + 1)
                return SteeringMessage(id: id, content: said.words, step: step, temporaryID: said.temporaryID)
            }
            entry.unheard = []
            entry.brief.steering += heard
            state.entries[run.run.id] = entry
            return heard
        }
    }
}

extension MemoryJournal.Entry {
    var wish: RunWish {
        RunWish(run: run.id, isCancelled: isCancelling, isPaused: isPausing, isSteered: !unheard.isEmpty)
    }

    func isAnswered(_ request: CallRequest) -> Bool {
        brief.approvals.contains { $0.callID == request.call.id && $0.kind == request.kind }
    }

    /// Returns whether one of them was answered meanwhile. What is asked anew has no answer any more.
    mutating func ask(_ requests: [CallRequest]) -> Bool {
        asked = requests
        let new = requests.filter(\.isNew)
        brief.approvals.removeAll { answer in new.contains { $0.call.id == answer.callID && $0.kind == answer.kind } }
        return requests.contains(where: isAnswered)
    }
}

/// A run in this worker's hands, as those see it who may stop it.
final class RunHandle: Sendable {
    private struct State {
        var task: Task<Void, Never>?
        var ending: RunEnding?
        var isLeaving = false
    }

    private let state = Locked(State())

    /// The first reason counts.
    func stop(_ ending: RunEnding) {
        let task = state.withLock { state in
            if state.ending == nil { state.ending = ending }
            if ending == .handedBack { state.isLeaving = true }
            return state.task
        }
        task?.cancel()
    }

    var ending: RunEnding? { state.withLock { $0.ending } }

    /// The process ends: what cannot be stored now is left to the next worker.
    var isLeaving: Bool { state.withLock { $0.isLeaving } }

    func started(_ task: Task<Void, Never>) {
        let isStopped = state.withLock { state in
            state.task = task
            return state.ending != nil
        }
        if isStopped { task.cancel() }
    }
}

/// A run in this worker's hands, as those see it who may stop it, pause it or say something into it.
final class RunHandle: Sendable {
    private struct State {
        var task: Task<Void, Never>?
        var ending: RunEnding?
        var isLeaving = false
        var isPausing = false
        var isSteered = false
    }

    private let state = Locked(State())
    private let pausing = Signal()

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

    /// The run is to rest after its present step.
    func pause() {
        let isNew = state.withLock { state in
            defer { state.isPausing = true }
            return !state.isPausing
        }
        if isNew { pausing.ring() }
    }

    var isPausing: Bool { state.withLock { $0.isPausing } }

    /// Somebody has said something into the run.
    func steer() { state.withLock { $0.isSteered = true } }

    /// Whether somebody has, since this was asked last.
    func takeSteering() -> Bool {
        state.withLock { state in
            defer { state.isSteered = false }
            return state.isSteered
        }
    }

    /// Does `body`, a part of the run that can be done again. When the run is to pause meanwhile and `body` takes longer than
    /// `patience`, it is cut short and the run rests.
    func cuttingAtPause<Result: Sendable>(
        after patience: Duration,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask { try await body() }
            group.addTask { [pausing] in
                await pausing.wait()
                try await Task.sleep(for: patience)
                throw RunEnding.resting(.pause)
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
        }
    }
}

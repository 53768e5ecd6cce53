import Synchronization

/// What was answered before it was written down: how much there may be of it, and a way to wait until it is written.
final class CallsUnderWay: Sendable {
    /// A database that is slower than the calls: whoever comes now writes before they answer.
    static let most = 4096

    private struct Waiting {
        var last: UInt64
        var isForAll: Bool
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var next: UInt64 = 0
        var open: Set<UInt64> = []
        /// Those for which the database was away; only the server's end waits for them.
        var delayed: Set<UInt64> = []
        var waiting: [Waiting] = []
        var isClosed = false
    }

    private let state = Mutex(State())

    /// nil when too many are under way.
    func begin() -> UInt64? {
        state.withLock { state in
            guard state.open.count + state.delayed.count < Self.most else { return nil }
            state.next += 1
            state.open.insert(state.next)
            return state.next
        }
    }

    func end(_ call: UInt64) {
        change { state in
            state.open.remove(call)
            state.delayed.remove(call)
        }
    }

    /// It takes longer.
    func delay(_ call: UInt64) {
        change { state in
            if state.open.remove(call) != nil { state.delayed.insert(call) }
        }
    }

    /// Lets those go on who have waited for what has changed.
    private func change(_ change: (inout State) -> Void) {
        let done = state.withLock { state in
            change(&state)
            guard !state.waiting.isEmpty else { return [Waiting]() }
            let open = state.open.min() ?? .max
            let any = min(open, state.delayed.min() ?? .max)
            let isDone = { (one: Waiting) in one.last < (one.isForAll ? any : open) }
            defer { state.waiting.removeAll(where: isDone) }
            return state.waiting.filter(isDone)
        }
        for one in done { one.continuation.resume() }
    }

    /// The server ends: what cannot be written now is given up.
    func close() { state.withLock { $0.isClosed = true } }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Whether somebody waits until they are written.
    var isWaitedFor: Bool { state.withLock { !$0.waiting.isEmpty } }

    /// Until those that have begun have ended; not those that begin meanwhile, nor, unless it is for all, those that are
    /// delayed.
    func settled(all isForAll: Bool = false) async {
        await withCheckedContinuation { continuation in
            let isSettled = state.withLock { state in
                guard !state.open.isEmpty || isForAll && !state.delayed.isEmpty else { return true }
                state.waiting.append(Waiting(last: state.next, isForAll: isForAll, continuation: continuation))
                return false
            }
            if isSettled { continuation.resume() }
        }
    }
}

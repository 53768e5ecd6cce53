import Synchronization

/// What was answered before it was written down: how much there may be of it, and a way to wait until it is written.
final class CallsUnderWay: Sendable {
    /// A database that is slower than the calls: whoever comes now writes before they answer.
    static let most = 4096

    private struct Waiting {
        var last: UInt64
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var next: UInt64 = 0
        var open: Set<UInt64> = []
        var waiting: [Waiting] = []
        var isClosed = false
    }

    private let state = Mutex(State())

    /// nil when too many are under way.
    func begin() -> UInt64? {
        state.withLock { state in
            guard state.open.count < Self.most else { return nil }
            state.next += 1
            state.open.insert(state.next)
            return state.next
        }
    }

    func end(_ call: UInt64) {
        let done = state.withLock { state in
            state.open.remove(call)
            guard !state.waiting.isEmpty else { return [Waiting]() }
            let oldest = state.open.min() ?? .max
            let done = state.waiting.filter { $0.last < oldest }
            state.waiting.removeAll { $0.last < oldest }
            return done
        }
        for one in done { one.continuation.resume() }
    }

    /// The server ends: what cannot be written now is given up.
    func close() { state.withLock { $0.isClosed = true } }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Whether somebody waits until they are written.
    var isWaitedFor: Bool { state.withLock { !$0.waiting.isEmpty } }

    /// Until all that have begun have ended; not those that begin meanwhile.
    func settled() async {
        await withCheckedContinuation { continuation in
            let isSettled = state.withLock { state in
                guard !state.open.isEmpty else { return true }
                state.waiting.append(Waiting(last: state.next, continuation: continuation))
                return false
            }
            if isSettled { continuation.resume() }
        }
    }
}

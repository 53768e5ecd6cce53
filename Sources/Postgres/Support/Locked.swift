import Foundation

/// A value behind a lock, for the few parts that are shared without an actor.
///
/// `@unchecked`: `lock` is what makes it true; `state` is touched only inside `withLock`.
/// `NSLock` rather than `Mutex`, because the thread sanitizer can follow it on Linux.
final class Locked<State: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var state: State

    init(_ state: State) { self.state = state }

    func withLock<Answer>(_ body: (inout State) -> Answer) -> Answer {
        lock.lock()
        defer { lock.unlock() }
        return body(&state)
    }
}

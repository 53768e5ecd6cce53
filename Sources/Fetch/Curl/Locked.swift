import Foundation

/// A value behind a lock, for what the curl thread and the readers share.
///
/// `@unchecked`: `lock` makes it true; `state` is touched only inside `withLock`. `NSLock` rather than `Mutex`,
/// because the thread sanitizer can follow it on Linux.
final class Locked<State>: @unchecked Sendable {
    private let lock = NSLock()
    private var state: State

    init(_ state: sending State) { self.state = state }

    func withLock<Answer>(_ body: (inout State) -> Answer) -> Answer {
        lock.lock()
        defer { lock.unlock() }
        return body(&state)
    }
}

import CPostgres
import Dispatch
import Foundation

/// Stops the statement of a cancelled task, and never the next one on the same connection.
///
/// `@unchecked`: `lock` guards the handle and the state of every token. A request to cancel is sent while the lock
/// is held and the token is running, and the end of the statement takes the same lock.
final class Canceller: @unchecked Sendable {
    /// One statement that can be cancelled. `@unchecked`: its state is touched under the lock of its canceller only.
    final class Token: @unchecked Sendable {
        fileprivate var state = State.waiting
    }

    fileprivate enum State { case waiting, running, ended, cancelled }

    private let lock = NSLock()
    private var handle: OpaquePointer?

    deinit { PQfreeCancel(handle) }

    func arm(with connection: OpaquePointer) { lock.withLock { handle = PQgetCancel(connection) } }

    /// False when the task was cancelled before its statement was sent.
    func start(_ token: Token) -> Bool {
        lock.withLock {
            guard token.state == .waiting else { return false }
            token.state = .running
            return true
        }
    }

    /// True when the statement was asked to stop.
    func end(_ token: Token) -> Bool {
        lock.withLock {
            defer { token.state = .ended }
            return token.state == .cancelled
        }
    }

    /// May be called from any thread; the waiting is done elsewhere.
    func cancel(_ token: Token) {
        lock.withLock {
            guard token.state == .running || token.state == .waiting else { return }
            let isRunning = token.state == .running
            token.state = .cancelled
            if isRunning { DispatchQueue.global().async { self.interrupt(token) } }
        }
    }

    /// Again and again: the server forgets a request that comes before the statement or between two of a batch.
    private func interrupt(_ token: Token) {
        lock.withLock {
            guard token.state == .cancelled, let handle else { return }
            var message = [CChar](repeating: 0, count: 256)
            _ = PQcancel(handle, &message, Int32(message.count))
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(100)) { self.interrupt(token) }
        }
    }
}

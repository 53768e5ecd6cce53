import Foundation

/// How many commands run at once; the others wait in the order in which they came.
final class Places: @unchecked Sendable {
    // Everything is guarded by `lock`.
    private let lock = NSLock()
    private var free: Int
    private var waiting: [(id: Int, continuation: CheckedContinuation<Bool, Never>)] = []
    private var lastID = 0
    private var cancelled: Set<Int> = []

    init(_ count: Int) { free = count }

    /// Returns whether there is a place now; false when the task was cancelled first.
    func take() async -> Bool {
        let id = lock.withLock {
            lastID += 1
            return lastID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = lock.withLock {
                    if cancelled.remove(id) != nil { return false }
                    if free > 0 {
                        free -= 1
                        return true
                    }
                    waiting.append((id, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            giveUp(id)
        }
    }

    func leave() {
        let next = lock.withLock { () -> CheckedContinuation<Bool, Never>? in
            guard waiting.isEmpty else { return waiting.removeFirst().continuation }
            free += 1
            return nil
        }
        next?.resume(returning: true)
    }

    private func giveUp(_ id: Int) {
        let waiter = lock.withLock { () -> CheckedContinuation<Bool, Never>? in
            guard let index = waiting.firstIndex(where: { $0.id == id }) else {
                cancelled.insert(id)
                return nil
            }
            return waiting.remove(at: index).continuation
        }
        waiter?.resume(returning: false)
    }
}

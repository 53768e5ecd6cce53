import Engine
import Foundation

/// Where hashes are computed: two at a time, and whoever would have to wait for long is sent away.
final class PasswordDesk: Sendable {
    /// About eight seconds of waiting.
    private static let limit = 64

    private let queue: OperationQueue
    private let served = Locked(0)

    init() {
        queue = OperationQueue()
        queue.maxConcurrentOperationCount = 2
        queue.qualityOfService = .userInitiated
    }

    /// How many have been computed.
    var count: Int { served.withLock { $0 } }

    func run<Answer: Sendable>(_ work: @escaping @Sendable () -> Answer) async throws -> Answer {
        guard queue.operationCount < Self.limit else {
            throw StorageError(.busy, "Too many people sign in at this moment. Try again in a few seconds.")
        }
        served.withLock { $0 += 1 }
        return await withCheckedContinuation { continuation in
            queue.addOperation { continuation.resume(returning: work()) }
        }
    }
}

import Foundation

/// Where hashes are computed: two at a time, and whoever would have to wait for long is sent away.
final class PasswordDesk: Sendable {
    /// About eight seconds of waiting.
    private static let limit = 64

    private let queue: OperationQueue

    init() {
        queue = OperationQueue()
        queue.maxConcurrentOperationCount = 2
        queue.qualityOfService = .userInitiated
    }

    func run<Answer: Sendable>(_ work: @escaping @Sendable () -> Answer) async throws -> Answer {
        guard queue.operationCount < Self.limit else {
            throw StorageError(.busy, "Too many people sign in at this moment. Try again in a few seconds.")
        }
        return await withCheckedContinuation { continuation in
            queue.addOperation { continuation.resume(returning: work()) }
        }
    }
}

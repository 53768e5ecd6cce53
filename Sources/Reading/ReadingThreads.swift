import Foundation

/// Threads for reading what strangers wrote. A page that is made to be expensive keeps some of them busy, and none of those
/// on which the server does everything else.
enum ReadingThreads {
    private static let queue: OperationQueue = {
        let queue = OperationQueue()
        queue.name = "alma.reading"
        queue.maxConcurrentOperationCount = max(4, ProcessInfo.processInfo.activeProcessorCount)
        return queue
    }()

    /// Throws what `body` throws; or `CancellationError`, and then at once: what is being read is read to its end for nobody.
    static func perform<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let answer = Answer<Value>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                answer.wait(continuation)
                queue.addOperation { if !answer.isGiven { answer.give(Result { try body() }) } }
            }
        } onCancel: {
            answer.give(.failure(CancellationError()))
        }
    }
}

/// The first of two answers.
private final class Answer<Value: Sendable>: @unchecked Sendable {
    // Everything is guarded by `lock`.
    private let lock = NSLock()
    private var given: Result<Value, any Error>?
    private var waiter: CheckedContinuation<Value, any Error>?

    var isGiven: Bool { lock.withLock { given != nil } }

    func wait(_ continuation: CheckedContinuation<Value, any Error>) {
        let early = lock.withLock {
            if given == nil { waiter = continuation }
            return given
        }
        if let early { continuation.resume(with: early) }
    }

    func give(_ answer: Result<Value, any Error>) {
        let waiting = lock.withLock { () -> CheckedContinuation<Value, any Error>? in
            guard given == nil else { return nil }
            given = answer
            defer { waiter = nil }
            return waiter
        }
        waiting?.resume(with: answer)
    }
}

extension ReadableDocument {
    /// `contentType` as the server said it, nil when it said nothing; `url` is where the bytes came from. Throws `Unreadable`,
    /// or `CancellationError`.
    package static func read(_ bytes: [UInt8], contentType: String?, url: String) async throws -> ReadableDocument {
        try await ReadingThreads.perform { try ReadableDocument(bytes, contentType: contentType, url: url) }
    }
}

extension DuckDuckGoPage {
    /// Throws `CancellationError`.
    package static func read(_ bytes: [UInt8], contentType: String?) async throws -> DuckDuckGoPage {
        try await ReadingThreads.perform { DuckDuckGoPage(bytes, contentType: contentType) }
    }
}

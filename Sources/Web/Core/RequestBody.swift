import Engine
import Hummingbird
import NIOCore

extension Request {
    /// The longest that a body may take: whoever sends it byte by byte holds a connection and no more.
    static var bodyTime: Duration { BodyTime.most }

    /// The whole body. Throws `WebError` when it is longer than `limit` bytes, or takes longer than `bodyTime`.
    func boundedBody(upTo limit: Int) async throws -> ByteBuffer {
        let body = self.body
        let isLate = Locked(false)
        let collecting = Task(executorPreference: LoopExecutor.preferred) { try await body.collect(upTo: limit) }
        let alarm = LoopExecutor.alarm(in: Self.bodyTime) {
            isLate.withLock { $0 = true }
            collecting.cancel()
        }
        defer { alarm() }
        let collected = await withTaskCancellationHandler {
            await collecting.result
        } onCancel: {
            collecting.cancel()
        }
        // A body that is broken off looks like one that has ended.
        guard !isLate.withLock({ $0 }) else {
            throw WebError(.requestTimeout, "The request took too long to arrive.")
        }
        try Task.checkCancellation()
        do {
            return try collected.get()
        } catch is NIOTooManyBytesError {
            throw WebError(.tooLarge, "This is longer than the \(limit) bytes that the server accepts here.")
        }
    }
}

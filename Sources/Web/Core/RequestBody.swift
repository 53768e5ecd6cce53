import Hummingbird
import NIOCore

extension Request {
    /// The longest that a body may take: whoever sends it byte by byte holds a connection and no more.
    static let bodyTime = Duration.seconds(30)

    /// The whole body. Throws `WebError` when it is longer than `limit` bytes, or takes longer than `bodyTime`.
    func boundedBody(upTo limit: Int) async throws -> ByteBuffer {
        let body = self.body
        do {
            return try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
                group.addTask { try await body.collect(upTo: limit) }
                group.addTask {
                    try await Task.sleep(for: Self.bodyTime)
                    throw WebError(.requestTimeout, "The request took too long to arrive.")
                }
                defer { group.cancelAll() }
                guard let buffer = try await group.next() else { throw WebError(.badRequest, "There is no body.") }
                return buffer
            }
        } catch is NIOTooManyBytesError {
            throw WebError(.tooLarge, "This is longer than the \(limit) bytes that the server accepts here.")
        }
    }
}

import HTTPTypes
import Hummingbird
import NIOCore

/// Takes a body that is short, up to `limit` bytes of it.
final class CollectingWriter: ResponseBodyWriter {
    private(set) var collected = ByteBuffer()
    private let limit: Int

    init(limit: Int = .max) { self.limit = limit }

    func write(_ buffer: ByteBuffer) async throws {
        let room = limit - collected.readableBytes
        guard let part = buffer.getSlice(at: buffer.readerIndex, length: min(room, buffer.readableBytes)) else {
            return
        }
        collected.writeImmutableBuffer(part)
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

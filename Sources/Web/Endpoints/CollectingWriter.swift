import Engine
import HTTPTypes
import Hummingbird
import NIOCore

/// Takes a body that is short, up to `limit` bytes of it.
final class CollectingWriter: ResponseBodyWriter, Sendable {
    private let buffer = Locked(ByteBuffer())
    private let limit: Int

    init(limit: Int = .max) { self.limit = limit }

    var collected: ByteBuffer { buffer.withLock { $0 } }

    func write(_ part: ByteBuffer) async throws {
        buffer.withLock { buffer in
            let room = limit - buffer.readableBytes
            guard let part = part.getSlice(at: part.readerIndex, length: min(room, part.readableBytes)) else { return }
            buffer.writeImmutableBuffer(part)
        }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

import NIOCore
import NIOHTTP1

/// Lets one answer end with its head where its length is not known: the head says that the body comes in pieces, as `GET` would
/// have it, and no piece follows. HTTP's encoder, which does not know what was asked, would send the end of a body.
final class HeadEnd: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// The next answer on this connection is such a one. Returns at once: what is written after this comes after it.
    static func expect(on channel: any Channel) {
        guard channel.isActive else { return }
        channel.eventLoop.execute {
            let pipeline = channel.pipeline.syncOperations
            // Without all this the head says a length of 0, and the connection goes on all the same.
            guard let decoder = try? pipeline.handler(type: SocketServerChannel.requestReader) else { return }
            try? pipeline.addHandler(HeadEnd(), position: .after(decoder))
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            head.headers.remove(name: "content-length")
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            // Nothing, in its place: whoever waits for the end waits for what was before it.
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: promise)
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        }
    }
}

import NIOCore
import NIOHTTP1

/// Keeps a request that asks for another protocol from doing harm: NIO's decoder reads nothing as HTTP after it and keeps
/// whatever comes. So nothing more is read until the answer is there, and when that is no new protocol, the connection ends
/// with it.
final class UpgradeGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var isAsked = false
    private var isAskedInFull = false
    private var hasHeldRead = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): if head.headers.contains(name: "upgrade") { isAsked = true }
        case .end: isAskedInFull = isAsked
        case .body: break
        }
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        if isAskedInFull { hasHeldRead = true } else { context.read() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isAsked else { return context.write(data, promise: promise) }
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status == .switchingProtocols:
            context.write(data, promise: promise)
            (isAsked, isAskedInFull) = (false, false)
            if hasHeldRead { context.read() }
        case .head(var head):
            head.headers.replaceOrAdd(name: "connection", value: "close")
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            let end = promise ?? context.eventLoop.makePromise()
            context.writeAndFlush(data, promise: end)
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            end.futureResult.whenComplete { _ in bound.value.close(promise: nil) }
        }
    }
}

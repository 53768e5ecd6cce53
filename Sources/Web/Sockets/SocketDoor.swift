import NIOCore
import NIOHTTP1

/// Takes a connection over after its handshake: stands before HTTP's handlers, which see nothing more, and turns bytes into
/// messages for the link and what it sends into frames. Pings are answered, and closing is done, without asking anybody.
///
/// It reads on only while the link has room and the client reads itself, so that neither a flood nor a client that stops
/// costs more than a buffer each.
final class SocketDoor: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long a client has to answer our goodbye.
    private static let farewell = TimeAmount.seconds(2)

    private enum State {
        /// The answer to the handshake is on its way; what the client says already waits.
        case waiting
        case open
        /// We have said goodbye; with or without hearing the client's, the connection ends soon.
        case closing(hears: Bool)
        case closed
    }

    private let link: SocketLink
    private var reader: SocketReader
    private var state = State.waiting
    private var context: ChannelHandlerContext?
    private var hasHeldRead = false

    init(link: SocketLink, limit: Int) {
        self.link = link
        reader = SocketReader(limit: limit)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        finish()
        link.letGo()
    }

    // MARK: - From the client

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        link.heard()
        switch state {
        case .waiting: reader.feed(&bytes)
        case .open, .closing(hears: true):
            reader.feed(&bytes)
            take(context)
        case .closing, .closed: break
        }
    }

    /// The answer to the handshake is written.
    func open() {
        guard case .waiting = state, let context else { return }
        state = .open
        letDecoderGo(context)
        take(context)
        readOn()
    }

    /// What reads requests has nothing to read any more, and is a good part of what an idle connection takes.
    private func letDecoderGo(_ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        guard let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) else { return }
        pipeline.removeHandler(decoder, promise: nil)
    }

    private func take(_ context: ChannelHandlerContext) {
        do throws(SocketEnd) {
            while let input = try reader.next() {
                handle(input, context)
                if case .closed = state { return }
            }
        } catch {
            guard case .open = state else { return close(context) }
            sayGoodbye(error, hears: false)
            link.end()
        }
    }

    private func handle(_ input: SocketInput, _ context: ChannelHandlerContext) {
        switch input {
        case .close(let code):
            if case .open = state { context.writeAndFlush(wrapOutboundOut(SocketFrame.close(code)), promise: nil) }
            close(context)
        case _ where !isOpen: break
        case .text(let text): link.receive(text)
        case .binary:
            sayGoodbye(.notText, hears: true)
            link.end()
        case .ping(let content): context.writeAndFlush(wrapOutboundOut(SocketFrame.pong(content)), promise: nil)
        case .pong: break
        }
    }

    private var isOpen: Bool { if case .open = state { true } else { false } }

    func read(context: ChannelHandlerContext) {
        switch state {
        case .waiting: hasHeldRead = true
        case .open: hasHeldRead = !(link.hasRoom && context.channel.isWritable)
        case .closing, .closed: hasHeldRead = false
        }
        if !hasHeldRead { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        link.setWritable(context.channel.isWritable)
        readOn()
    }

    /// There is room again.
    func readOn() {
        guard hasHeldRead, let context else { return }
        read(context: context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Half a connection is no socket.
        if case .some(.inputClosed) = event as? ChannelEvent { close(context) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { close(context) }

    // MARK: - To the client

    func send(_ frame: ByteBuffer) {
        guard isOpen, let context else { return }
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    func close(_ end: SocketEnd) {
        guard isOpen else { return }
        sayGoodbye(end, hears: true)
    }

    private func sayGoodbye(_ end: SocketEnd, hears: Bool) {
        guard let context else { return }
        state = .closing(hears: hears)
        context.writeAndFlush(wrapOutboundOut(SocketFrame.close(end.code, end.reason)), promise: nil)
        // Who closes with bytes unread takes the goodbye back.
        readOn()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.farewell) {
            if let context = bound.value.context { bound.value.close(context) }
        }
    }

    private func close(_ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return finish() }
        state = .closed
        context.close(promise: nil)
        finish()
    }

    private func finish() {
        state = .closed
        link.end()
    }
}

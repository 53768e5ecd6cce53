import NIOCore
import NIOHTTP1

/// Takes a connection over after its handshake: stands before HTTP's handlers, which see nothing more, and turns bytes into
/// messages for the link and what it sends into frames. Pings are answered without asking anybody; a goodbye, and the end of
/// somebody who breaks the rules, come behind the answers to what was said before.
///
/// It reads on only while the link has room and the client reads itself, so that neither a flood nor a client that stops
/// costs more than a buffer each.
final class SocketDoor: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long a client has to answer our goodbye, and our task what was said before the client's.
    private static let farewell = TimeAmount.seconds(2)

    private enum State {
        /// The answer to the handshake is on its way; what the client says already waits.
        case waiting
        case open
        /// The client's last word was heard, a goodbye or one against the rules; it ends so when all before is answered.
        case leaving(SocketEnd)
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
        case .leaving, .closing, .closed: break
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
        guard let decoder = try? pipeline.handler(type: SocketServerChannel.requestReader) else { return }
        pipeline.removeHandler(decoder, promise: nil)
    }

    private func take(_ context: ChannelHandlerContext) {
        do throws(SocketEnd) {
            while let input = try reader.next() {
                handle(input, context)
                switch state {
                case .leaving, .closed: return
                case .waiting, .open, .closing: continue
                }
            }
        } catch {
            guard isOpen else { return close(context) }
            leave(error, context)
        }
    }

    private func handle(_ input: SocketInput, _ context: ChannelHandlerContext) {
        switch input {
        case .close(let code) where isOpen: leave(.answer(code), context)
        case .close: close(context)
        case _ where !isOpen: break
        case .text(let text): link.receive(text)
        case .binary: link.receive(.notText)
        case .ping(let content): context.writeAndFlush(wrapOutboundOut(SocketFrame.pong(content)), promise: nil)
        case .pong: break
        }
    }

    /// Nothing more is heard, and what still comes is read for nobody.
    private func leave(_ end: SocketEnd, _ context: ChannelHandlerContext) {
        state = .leaving(end)
        link.receive(end)
        afterFarewell(context) { door, _ in
            if case .leaving(let end) = door.state { door.close(end) }
        }
    }

    private var isOpen: Bool { if case .open = state { true } else { false } }

    func read(context: ChannelHandlerContext) {
        switch state {
        case .waiting: hasHeldRead = true
        case .open: hasHeldRead = !(link.hasRoom && context.channel.isWritable)
        case .leaving, .closing, .closed: hasHeldRead = false
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
        if case .some(.inputClosed) = event as? ChannelEvent {
            switch state {
            case .leaving: break
            // Half a connection is no socket.
            case .waiting, .open, .closing, .closed: close(context)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { close(context) }

    // MARK: - To the client

    func send(_ frame: ByteBuffer) {
        switch state {
        case .open, .leaving: context?.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        case .waiting, .closing, .closed: break
        }
    }

    func close(_ end: SocketEnd) {
        guard let context else { return }
        var areBothDone = false
        switch state {
        case .open: state = .closing(hears: true)
        case .leaving(let last): (state, areBothDone) = (.closing(hears: false), last.isAnswer)
        case .waiting, .closing, .closed: return
        }
        context.writeAndFlush(wrapOutboundOut(SocketFrame.close(end.code, end.reason)), promise: nil)
        guard !areBothDone else { return close(context) }
        // Who closes with bytes unread takes the goodbye back.
        readOn()
        afterFarewell(context) { $0.close($1) }
    }

    private func afterFarewell(
        _ context: ChannelHandlerContext,
        _ body: @escaping @Sendable (SocketDoor, ChannelHandlerContext) -> Void
    ) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.farewell) {
            if let context = bound.value.context { body(bound.value, context) }
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

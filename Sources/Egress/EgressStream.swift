import Foundation
import NIOCore
import NIOPosix

/// A connection as it is read and written here: piece by piece, and no piece is asked for before the last one is gone.
final class EgressStream: Sendable {
    private let channel: any Channel
    private let pieces: PieceReader

    /// On the channel's event loop, before anything is read; the channel does not read of its own accord.
    init(_ channel: any Channel, _ limits: EgressLimits) throws {
        let pieces = PieceReader()
        let silence = TimeAmount(limits.idleTimeout)
        try channel.pipeline.syncOperations.addHandlers([IdleStateHandler(allTimeout: silence), SilenceEnds(), pieces])
        (self.channel, self.pieces) = (channel, pieces)
    }

    /// Throws when nobody is there, or the task is cancelled.
    static func connect(to address: SocketAddress, _ limits: EgressLimits) async throws -> EgressStream {
        let attempt = Attempt()
        return try await withTaskCancellationHandler {
            try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(TimeAmount(limits.connectTimeout))
                .channelOption(.autoRead, value: false)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .connect(to: address) { channel in
                    attempt.begins(channel)
                    return channel.eventLoop.makeCompletedFuture { try EgressStream(channel, limits) }
                }
        } onCancel: {
            attempt.end()
        }
    }

    /// What has come; nil when the connection has ended. A cancelled task ends it.
    func next() async -> ByteBuffer? {
        await withTaskCancellationHandler {
            await pieces.next(of: channel)
        } onCancel: {
            end()
        }
    }

    /// Returns when the kernel has taken it; then it arrives, even when the connection is ended at once.
    func send(_ bytes: ByteBuffer) async throws {
        try await withTaskCancellationHandler {
            try await channel.writeAndFlush(bytes).get()
        } onCancel: {
            end()
        }
    }

    func end() { channel.close(promise: nil) }
}

/// What a connection brings, for one reader at a time.
private final class PieceReader: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    // Everything is guarded by `lock`.
    private let lock = NSLock()
    private var pieces: [ByteBuffer] = []
    private var hasEnded = false
    /// What is asked for before the connection stands is asked for when it does.
    private var isActive = false
    private var waiter: CheckedContinuation<ByteBuffer?, Never>?

    func next(of channel: any Channel) async -> ByteBuffer? {
        await withCheckedContinuation { continuation in
            let (answer, reads): (ByteBuffer??, Bool) = lock.withLock {
                if !pieces.isEmpty { return (.some(pieces.removeFirst()), false) }
                if hasEnded { return (.some(nil), false) }
                waiter = continuation
                return (nil, isActive)
            }
            if let answer { continuation.resume(returning: answer) }
            if reads { channel.read() }
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let piece = unwrapInboundIn(data)
        let waiting = lock.withLock { () -> CheckedContinuation<ByteBuffer?, Never>? in
            if waiter == nil { pieces.append(piece) }
            defer { waiter = nil }
            return waiter
        }
        waiting?.resume(returning: piece)
    }

    func channelActive(context: ChannelHandlerContext) {
        let isAwaited = lock.withLock {
            isActive = true
            return waiter != nil
        }
        context.fireChannelActive()
        if isAwaited { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func handlerRemoved(context: ChannelHandlerContext) { finish() }

    private func finish() {
        let waiting = lock.withLock { () -> CheckedContinuation<ByteBuffer?, Never>? in
            hasEnded = true
            defer { waiter = nil }
            return waiter
        }
        waiting?.resume(returning: nil)
    }
}

/// A connection that is being made, which may be given up.
private final class Attempt: @unchecked Sendable {
    // Both are guarded by `lock`.
    private let lock = NSLock()
    private var channel: (any Channel)?
    private var isOver = false

    func begins(_ channel: any Channel) {
        let isOver = lock.withLock {
            self.channel = channel
            return self.isOver
        }
        if isOver { channel.close(promise: nil) }
    }

    func end() {
        let channel = lock.withLock {
            isOver = true
            return self.channel
        }
        channel?.close(promise: nil)
    }
}

/// A connection on which nothing moves is closed.
private final class SilenceEnds: ChannelInboundHandler {
    typealias InboundIn = Any

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }
}

extension TimeAmount {
    fileprivate init(_ duration: Duration) { self = .milliseconds(Int64(duration / .milliseconds(1))) }
}

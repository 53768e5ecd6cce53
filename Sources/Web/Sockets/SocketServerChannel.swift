package import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTP1

/// HTTP/1.1 as Hummingbird speaks it, on connections of which a handshake can make sockets.
///
/// The handshake is a route like all others, behind the same middleware, and the pipeline of a connection that stays with
/// HTTP has one small handler more: the rest comes with the first socket.
package struct SocketServerChannel: ServerChildChannel {
    package typealias Value = HTTP1Channel.Value

    private static let receiving = AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1024, maximum: 65536)

    /// What reads requests. Named once for all loops: when two were first to name it at the same moment, the runtime of Swift 6.3
    /// has been seen to crash over the type that it was still making.
    static let requestReader = ByteToMessageHandler<HTTPRequestDecoder>.self

    private let http: HTTP1Channel

    /// For `Application`. `idleTimeout`: of connections that ask for nothing. `handlers`: for the pipeline of each.
    package static func server(
        idleTimeout: TimeAmount,
        handlers: @escaping @Sendable () -> [any RemovableChannelHandler] = { [] }
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            let configuration = HTTP1Channel.Configuration(
                additionalChannelHandlers: handlers(),
                idleTimeout: idleTimeout
            )
            return SocketServerChannel(http: HTTP1Channel(responder: responder, configuration: configuration))
        }
    }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        http.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: Self.requestReader)
            try pipeline.addHandler(UpgradeGate(), position: .after(decoder))
            // A connection keeps the buffer of its last read: most requests fit into this one, and for others it grows.
            try channel.syncOptions?.setOption(.recvAllocator, value: Self.receiving)
            return value
        }
    }

    package func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(LoopExecutor.of(value.channel.eventLoop)) {
            await http.handle(value: value, logger: logger)
        }
    }
}

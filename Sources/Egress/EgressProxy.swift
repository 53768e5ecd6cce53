package import Fetch
import NIOCore
import NIOPosix

/// The only way out of a sandbox: an HTTP proxy that answers on a socket of the sandbox's own network, so that whoever asks
/// is known by the socket alone. It takes `CONNECT` and plain `http://` requests.
package struct EgressProxy: Sendable {
    /// Where a sandbox may go, in words of its owner's: a name in small letters and a port.
    package typealias Permission = @Sendable (_ host: String, _ port: Int) -> Bool

    /// Whose list the permission is, for what is said to a program that is turned away. The raw values are words.
    package enum Owner: String, Sendable { case agent, server }

    private let addresses: AddressPolicy
    private let names: NameResolver
    private let limits: EgressLimits

    package init(addresses: AddressPolicy, names: NameResolver = .system, limits: EgressLimits = EgressLimits()) {
        self.addresses = addresses
        self.names = names
        self.limits = limits
    }

    /// Answers until the task is cancelled; then every connection is closed. The socket listens already and stays the
    /// caller's.
    package func serve(
        _ listener: Int32,
        for owner: Owner = .agent,
        permission: @escaping Permission,
        record: EgressRecord
    ) async {
        let own = dup(listener)
        guard own >= 0 else { return }
        _ = fcntl(own, F_SETFD, FD_CLOEXEC)
        let door = EgressDoor(
            owner: owner,
            permission: permission,
            addresses: addresses,
            names: names,
            limits: limits,
            record: record
        )
        let (arrivals, arrived) = AsyncStream.makeStream(of: EgressStream.self)
        let server = try? await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { [limits] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard case .enqueued = arrived.yield(try EgressStream(channel, limits)) else {
                        throw ChannelError.ioOnClosedChannel
                    }
                }
            }
            .withBoundSocket(own).get()
        guard let server else { return }
        await withDiscardingTaskGroup { group in
            for await connection in arrivals { group.addTask { await door.answer(connection) } }
        }
        try? await server.close().get()
        arrived.finish()
        // Those that came while it ended; a cancelled task would not see them any more.
        await Task { for await late in arrivals { late.end() } }.value
    }
}

/// The bounds of one sandbox's traffic.
package struct EgressLimits: Sendable {
    /// Connections at once.
    package var connections = 48
    /// Bytes in both directions together.
    package var bytes = 512 << 20
    /// How long the bytes are for, then as many may pass again; nil for as long as the sandbox lives.
    package var period: Duration?
    package var connectTimeout = Duration.seconds(10)
    /// The longest silence in both directions.
    package var idleTimeout = Duration.seconds(90)

    package init() {}

    /// Of a sandbox that lives for weeks: what would be enough for one command is used up there some day.
    package static var lasting: EgressLimits {
        var limits = EgressLimits()
        limits.period = .seconds(3600)
        return limits
    }

    /// Such as "512 MB an hour".
    var volume: String {
        let size = bytes >> 20 > 0 ? "\(bytes >> 20) MB" : "\(bytes) bytes"
        guard let period else { return "\(size) in all" }
        return period == .seconds(3600) ? "\(size) an hour" : "\(size) in \(period.components.seconds) seconds"
    }
}

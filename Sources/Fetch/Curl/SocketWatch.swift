import CCurl
import Glibc

/// The sockets that curl wants watched. Where something is awaited, it is told at once; streams in flow are looked at
/// together, from time to time, when they are many: what each has brought meanwhile is then read in one piece, and
/// wakes its reader once. At 50 pieces a second that takes a third of the processor time.
final class SocketWatch {
    /// So many streams in flow are many.
    static let crowd = 64

    private let awaited = Poller(capacity: 256)
    private let flow = Poller(capacity: 1024)
    private var flowing: Set<Int32> = []
    private var nextLook = ContinuousClock.now
    private var isNested = false
    private var found: [(socket: Int32, bits: Int32)] = []

    var isOpen: Bool { awaited.isOpen && flow.isOpen }

    /// Watches for what curl's `CURL_POLL_…` says.
    func watch(_ socket: Int32, for interest: Int32) {
        if flowing.contains(socket) {
            guard interest != CURL_POLL_IN else { return flow.watch(socket, for: interest) }
            flowing.remove(socket)
            flow.watch(socket, for: CURL_POLL_REMOVE)
        }
        awaited.watch(socket, for: interest)
    }

    /// The answer on this socket has begun, and nothing but more of it is to come.
    func flows(_ socket: Int32) {
        guard flowing.insert(socket).inserted else { return }
        awaited.watch(socket, for: CURL_POLL_REMOVE)
        flow.watch(socket, for: CURL_POLL_IN)
    }

    /// Waits at most `milliseconds` (-1: for ever) for something to do: sockets with curl's `CURL_CSELECT_…` bits.
    func wait(milliseconds: Int32) -> [(socket: Int32, bits: Int32)] {
        found.removeAll(keepingCapacity: true)
        if flowing.count < Self.crowd { waitForAny(milliseconds) } else { waitForAwaited(milliseconds) }
        return found
    }

    private func waitForAny(_ milliseconds: Int32) {
        nest(true)
        for index in 0..<awaited.wait(milliseconds: milliseconds) {
            let ready = awaited.ready(index)
            if ready.socket == flow.descriptor { look() } else { found.append(ready) }
        }
    }

    private func waitForAwaited(_ milliseconds: Int32) {
        nest(false)
        let pause = Int32(clamping: max(0, (nextLook - .now).milliseconds))
        let ready = awaited.wait(milliseconds: milliseconds < 0 ? pause : min(pause, milliseconds))
        for index in 0..<ready { found.append(awaited.ready(index)) }
        guard nextLook <= .now else { return }
        look()
        nextLook = .now + interval
    }

    private func look() {
        for index in 0..<flow.wait(milliseconds: 0) { found.append(flow.ready(index)) }
    }

    /// 21 ms for 64 streams, 80 for 240 and more.
    private var interval: Duration { .milliseconds(min(flowing.count / 3, 80)) }

    /// An epoll descriptor is itself something to wait for.
    private func nest(_ wanted: Bool) {
        guard wanted != isNested else { return }
        isNested = wanted
        awaited.watch(flow.descriptor, for: wanted ? CURL_POLL_IN : CURL_POLL_REMOVE)
    }
}

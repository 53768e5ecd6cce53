import CCurl
import Glibc

/// A set of sockets to wait for. epoll, because the cost of a look must not grow with the streams that are silent:
/// `curl_multi_poll` asks every transfer each time.
final class Poller {
    let descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
    private var events: [epoll_event]

    /// One wait finds at most `capacity` sockets; the others are found by the next.
    init(capacity: Int) { events = Array(repeating: epoll_event(), count: capacity) }

    deinit { if descriptor >= 0 { close(descriptor) } }

    var isOpen: Bool { descriptor >= 0 }

    /// Watches for what curl's `CURL_POLL_…` says.
    func watch(_ socket: Int32, for interest: Int32) {
        guard interest != CURL_POLL_REMOVE else {
            epoll_ctl(descriptor, EPOLL_CTL_DEL, socket, nil)
            return
        }
        var event = epoll_event()
        if interest != CURL_POLL_OUT { event.events |= EPOLLIN.rawValue }
        if interest != CURL_POLL_IN { event.events |= EPOLLOUT.rawValue }
        event.data.fd = socket
        if epoll_ctl(descriptor, EPOLL_CTL_MOD, socket, &event) != 0 {
            epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &event)
        }
    }

    /// Waits at most `milliseconds` (-1: for ever) and returns how many sockets are ready.
    func wait(milliseconds: Int32) -> Int {
        Int(max(0, epoll_wait(descriptor, &events, Int32(events.count), milliseconds)))
    }

    /// A socket that the last `wait` found ready, with curl's `CURL_CSELECT_…` bits.
    func ready(_ index: Int) -> (socket: Int32, bits: Int32) {
        let ready = events[index].events
        var bits: Int32 = 0
        if ready & (EPOLLIN.rawValue | EPOLLHUP.rawValue) != 0 { bits |= CURL_CSELECT_IN }
        if ready & EPOLLOUT.rawValue != 0 { bits |= CURL_CSELECT_OUT }
        if ready & EPOLLERR.rawValue != 0 { bits |= CURL_CSELECT_ERR }
        return (events[index].data.fd, bits)
    }
}

import Foundation
import Glibc

/// A TCP server on 127.0.0.1 that answers with exactly the bytes that a test tells it to, one thread a connection. It
/// listens for as long as the tests run: nobody has to keep it alive while a request is on its way.
struct ScriptedServer: Sendable {
    let port: Int
    private let count = Counter()

    init(_ script: @escaping @Sendable (Peer) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 512) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        port = Int(UInt16(bigEndian: address.sin_port))
        let count = count
        Self.onThread {
            while case let descriptor = accept(listener, nil, nil), descriptor >= 0 {
                count.increment()
                Self.onThread {
                    script(Peer(descriptor))
                    close(descriptor)
                }
            }
        }
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// How many connections have come.
    var connections: Int { count.value }

    private static func onThread(_ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.stackSize = 256 * 1024
        thread.start()
    }
}

/// The server's end of one connection. Every wait ends after a minute, so that a failing test fails.
struct Peer: Sendable {
    let descriptor: Int32

    struct Request {
        var head: String
        var body: String
    }

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        setTimeout(SO_RCVTIMEO, milliseconds: 60_000)
        setTimeout(SO_SNDTIMEO, milliseconds: 60_000)
    }

    func setTimeout(_ option: Int32, milliseconds: Int) {
        var time = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    /// The next request with its body; nil when the client has closed.
    func request() -> Request? {
        var bytes: [UInt8] = []
        while true {
            if let head = String(decoding: bytes, as: UTF8.self).range(of: "\r\n\r\n") {
                let text = String(decoding: bytes, as: UTF8.self)
                let length = text[..<head.lowerBound].lowercased().split(separator: "\r\n")
                    .first { $0.hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
                let body = text[head.upperBound...]
                if body.utf8.count >= length ?? 0 {
                    return Request(head: String(text[..<head.lowerBound]), body: String(body))
                }
            }
            guard let more = receive() else { return nil }
            bytes += more
        }
    }

    private func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// Sends all of it; false when the client does not take it.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// A whole answer, after which the connection may be used again.
    func answer(_ status: Int = 200, _ headers: String = "", _ body: String = "") {
        send("HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
    }

    /// Returns when the client has closed its end.
    func waitForClose() { while receive() != nil {} }

    /// Closes without the usual good-bye: the client sees a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}

/// Something to count across threads.
final class Counter: @unchecked Sendable {
    // `@unchecked`: `lock` guards `number`.
    private let lock = NSLock()
    private var number = 0

    var value: Int { lock.withLock { number } }

    func increment(by step: Int = 1) { lock.withLock { number += step } }
}

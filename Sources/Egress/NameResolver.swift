package import Fetch
import Foundation

/// Turns a name, or an address in any spelling, into addresses; once, so that what is checked is what is connected to.
package struct NameResolver: Sendable {
    private let find: @Sendable (String) async -> [NetworkAddress]

    /// Of a name that nobody knows there are none.
    package init(_ find: @escaping @Sendable (String) async -> [NetworkAddress]) { self.find = find }

    /// `host`: an IPv6 address in brackets.
    package func addresses(of host: String) async -> [NetworkAddress] {
        await find(host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host)
    }

    /// The machine's own.
    package static let system = NameResolver { host in
        let answer = Answer()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                answer.await(continuation)
                DispatchQueue.global().async { answer.give(look(up: host)) }
            }
        } onCancel: {
            answer.give([])
        }
    }

    private static func look(up host: String) -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0, let list else { return [] }
        defer { freeaddrinfo(list) }
        return sequence(first: list) { $0.pointee.ai_next }.compactMap { entry in
            entry.pointee.ai_addr.flatMap { NetworkAddress(UnsafeRawPointer($0)) }
        }
    }

    /// Whichever comes first, the addresses or the end of the waiting.
    private final class Answer: @unchecked Sendable {
        // Everything is guarded by `lock`.
        private let lock = NSLock()
        private var addresses: [NetworkAddress]?
        private var continuation: CheckedContinuation<[NetworkAddress], Never>?

        func await(_ waiter: CheckedContinuation<[NetworkAddress], Never>) {
            let known = lock.withLock { () -> [NetworkAddress]? in
                if addresses == nil { continuation = waiter }
                return addresses
            }
            if let known { waiter.resume(returning: known) }
        }

        func give(_ found: [NetworkAddress]) {
            let waiter = lock.withLock { () -> CheckedContinuation<[NetworkAddress], Never>? in
                if addresses == nil { addresses = found }
                defer { continuation = nil }
                return continuation
            }
            waiter?.resume(returning: found)
        }
    }
}

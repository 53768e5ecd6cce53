import Fetch
import Foundation
import Glibc

@testable import Egress

/// A proxy on a port of this machine, and raw connections to it. It may go to 127.0.0.1 as if that were public, and to
/// names of the test's own.
final class ProxyBench: Sendable {
    let record = EgressRecord()
    let port: Int
    private let task: Task<Void, Never>
    private let listener: Int32

    init(
        names: [String: [String]] = [:],
        limits: EgressLimits = EgressLimits(),
        of owner: EgressProxy.Owner = .agent,
        allows: @escaping EgressProxy.Permission = { _, _ in true }
    ) throws {
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
        self.listener = listener
        let resolver = NameResolver { host in
            if let known = names[host] { return known.compactMap(NetworkAddress.init(text:)) }
            return await NameResolver.system.addresses(of: host)
        }
        let proxy = EgressProxy(
            addresses: .publicAnd { $0 == "127.0.0.1" },
            names: resolver,
            limits: limits
        )
        task = Task { [record] in
            await proxy.serve(listener, for: owner, permission: allows, record: record)
        }
    }

    deinit {
        task.cancel()
        close(listener)
    }

    func stop() async {
        task.cancel()
        await task.value
    }

    /// Sends this over one connection and returns all that comes until its end.
    func say(_ text: String) async -> String { String(decoding: await say(Array(text.utf8)), as: UTF8.self) }

    func say(_ bytes: [UInt8]) async -> [UInt8] {
        let client = connect()
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let peer = Peer(client)
                peer.send(bytes)
                var all: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while case let got = recv(client, &buffer, buffer.count, 0), got > 0 { all += buffer[..<got] }
                close(client)
                continuation.resume(returning: all)
            }
        }
    }

    /// A connection that is the caller's to close.
    func connect() -> Int32 {
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = in_port_t(port).bigEndian
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return client
    }
}

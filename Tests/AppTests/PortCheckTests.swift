import Foundation
import Testing

@testable import App

/// Whether an address can be listened on is told in words.
@Suite struct PortCheckTests {
    @Test func takenAndFree() throws {
        var isFree = false
        // Somebody else on the machine may get it as soon as it is let go; not each time.
        for _ in 0..<20 where !isFree {
            let (taken, port) = Self.listener()
            #expect(PortCheck.problem(host: "127.0.0.1", port: port)?.contains("in use") == true)
            close(taken)
            isFree = PortCheck.problem(host: "127.0.0.1", port: port) == nil
        }
        #expect(isFree)
    }

    @Test func addressOfAnotherMachine() {
        #expect(PortCheck.problem(host: "192.0.2.1", port: 8000)?.contains("ALMA_HOST") == true)
    }

    /// On a port of the system's choice.
    private static func listener() -> (socket: Int32, port: Int) {
        let taken = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(taken, $0, length)
                _ = getsockname(taken, $0, &length)
            }
        }
        #expect(listen(taken, 1) == 0)
        return (taken, Int(UInt16(bigEndian: address.sin_port)))
    }
}

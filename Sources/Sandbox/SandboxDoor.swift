import CSandbox
import Foundation

/// What leads out of a sandbox while its command runs. Both ends are the server's: a program within can neither choose nor
/// forge whose they are.
package struct SandboxDoor: Sendable {
    /// Gets a socket that listens at 127.0.0.1:3128 of the sandbox's own network, which the usual variables name as the proxy;
    /// nil for no network. Cancelled when the command has ended.
    package var network: (@Sendable (_ listener: Descriptor) async -> Void)?
    /// Gets the other end of the command's descriptors 3 and 4; nil when it has none. Cancelled likewise.
    package var line: (@Sendable (_ line: Descriptor) async -> Void)?

    package init(
        network: (@Sendable (_ listener: Descriptor) async -> Void)? = nil,
        line: (@Sendable (_ line: Descriptor) async -> Void)? = nil
    ) {
        self.network = network
        self.line = line
    }

    /// `CSANDBOX_…`
    func gifts(_ limits: SandboxLimits) -> UInt32 {
        (network == nil ? 0 : CSANDBOX_NETWORK) | (line == nil ? 0 : CSANDBOX_LINE)
            | (limits.reservesAddresses ? CSANDBOX_MANY_ADDRESSES : 0)
    }
}

/// The server's end of the connection that a command's door begins with.
struct SandboxLine: Sendable {
    private let door: SandboxDoor
    private let descriptor: Descriptor

    /// `far` becomes the command's end, to be sent and let go of.
    init(_ door: SandboxDoor, far: inout Descriptor?) throws {
        var ends: [Int32] = [-1, -1]
        let made = csandbox_pair(Int32(SOCK_STREAM.rawValue), &ends)
        guard made == 0 else { throw SandboxError("No line to the command", errno: made) }
        self.door = door
        descriptor = Descriptor(ends[0])
        far = Descriptor(ends[1])
    }

    /// Until the command has ended, or nobody wants it any more.
    func serve() async {
        var listener: Descriptor?
        if door.network != nil {
            listener = await received()
            guard listener != nil else { return }
        }
        await withTaskGroup { [door, descriptor] group in
            if let listener, let network = door.network { group.addTask { await network(listener) } }
            if let line = door.line { group.addTask { await line(descriptor) } }
        }
    }

    /// What the command's first program hands over; nil when it ends before, or the task is cancelled.
    private func received() async -> Descriptor? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { [descriptor] in
                    var listener: Int32 = -1
                    let got = csandbox_receive(descriptor.number, &listener, 1)
                    continuation.resume(returning: got == 0 && listener >= 0 ? Descriptor(listener) : nil)
                }
            }
        } onCancel: {
            shutdown(descriptor.number, Int32(SHUT_RDWR))
        }
    }
}

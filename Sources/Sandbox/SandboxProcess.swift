import CSandbox
import Foundation

/// A command that goes on and is talked to: what it is written on its standard input, what it writes is heard as it comes.
/// It ends with its last owner.
package final class SandboxProcess: @unchecked Sendable {
    // `result` and `failure` are written and read under `lock`; `input` is written and closed on `queue` alone.
    private let lock = NSLock()
    private let queue = DispatchQueue(label: "alma.sandbox.input")
    private let stream: CommandStream
    private var input: Int32
    private var ended: Ending?

    /// How it came to its end.
    package enum Ending: Sendable {
        case result(SandboxResult)
        /// It could not be started, or its launcher has gone.
        case failure(SandboxError)
    }

    private let watch: RoomWatch
    /// They answer on its door, and see that its workspace does not overflow; they end with it.
    private let keepers: [Task<Void, Never>]

    /// Takes the descriptor over.
    init(_ stream: CommandStream, in workspace: Workspace, input: Int32, line: SandboxLine? = nil) {
        self.stream = stream
        self.input = input
        let watch = RoomWatch(workspace, stream)
        self.watch = watch
        let doorkeeper = line.map { line in Task { await line.serve() } }
        keepers = [Task { await watch.run() }] + (doorkeeper.map { [$0] } ?? [])
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(input, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        stream.end()
        dismissKeepers()
        queue.async { [input] in if input >= 0 { close(input) } }
    }

    /// Returns when all of it is on its way. Throws `SandboxError` when the command has gone, or has read nothing for half
    /// a minute.
    package func write(_ bytes: [UInt8]) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            queue.async { [self] in continuation.resume(with: Result { try send(bytes) }) }
        }
    }

    /// Tells it that nothing more comes; well-behaved programs end then.
    package func closeInput() {
        queue.async { [self] in
            if input >= 0 { close(input) }
            input = -1
        }
    }

    /// What it has written since, or nil after its end. Waits whether the task is cancelled or not: `end` makes it short.
    package func next() async -> SandboxOutput? {
        while let frame = await stream.next() {
            switch frame {
            case .output(let output): return output
            case .result(var result):
                dismissKeepers()
                result.isOutOfRoom = watch.wasFull
                lock.withLock { [result] in ended = .result(result) }
            case .failure(let reason):
                lock.withLock { ended = .failure(SandboxError("The sandbox could not be made: \(reason)")) }
            }
        }
        return nil
    }

    /// Has it killed, with everything that it has started.
    package func end() { stream.end() }

    /// nil while it runs, and before `next` has told its end.
    package var ending: Ending? { lock.withLock { ended } }

    private func dismissKeepers() { for keeper in keepers { keeper.cancel() } }

    private func send(_ bytes: [UInt8]) throws {
        var place = 0
        while place < bytes.count {
            guard input >= 0 else { throw SandboxError("The input of the program is closed.") }
            let sent = bytes[place...].withUnsafeBytes {
                Glibc.send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent < 0, errno == EINTR { continue }
            if sent < 0, errno == EAGAIN { throw SandboxError("The program does not read its input.") }
            guard sent > 0 else { throw SandboxError("The program does not listen", errno: errno) }
            place += sent
        }
    }
}

extension CodeSandbox {
    /// Starts a command that is talked to, in a workspace, which it sees as `/workspace`; its `door` lasts as long as it does.
    /// It is ended when the workspace is found to be full. Throws `SandboxError`.
    package func start(
        _ command: SandboxCommand,
        in workspace: Workspace,
        limits: SandboxLimits,
        door: SandboxDoor? = nil
    ) async throws -> SandboxProcess {
        if let complaint = await workspace.complaintAside() { throw SandboxError(complaint) }
        let request = try command.request(limits, gifts: door?.gifts(limits) ?? 0)
        var ends: [Int32] = [-1, -1]
        let made = csandbox_pair(Int32(SOCK_STREAM.rawValue), &ends)
        guard made == 0 else { throw SandboxError("No input for the program", errno: made) }
        defer { Glibc.close(ends[1]) }
        do {
            var far: Descriptor?
            let line = try door.map { try SandboxLine($0, far: &far) }
            let descriptor = try launcher.connect(
                workspace: workspace.folder.number,
                line: far?.number ?? -1,
                input: ends[1]
            )
            return SandboxProcess(
                CommandStream(descriptor, request: request),
                in: workspace,
                input: ends[0],
                line: line
            )
        } catch {
            Glibc.close(ends[0])
            throw error
        }
    }
}

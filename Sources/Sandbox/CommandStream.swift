import CSandbox
import Foundation

/// The connection over which one command is asked for and heard.
final class CommandStream: @unchecked Sendable {
    /// Bytes that wait to be taken, at most, but for the last piece.
    private static let room = 1 << 20

    enum Frame {
        case output(SandboxOutput)
        case result(SandboxResult)
        /// Nothing was started.
        case failure(String)
    }

    // Everything that changes is guarded by `lock`; `descriptor` is closed on `queue` alone.
    private let lock = NSLock()
    private let queue = DispatchQueue(label: "alma.sandbox.command")
    private let descriptor: Int32
    private let source: any DispatchSourceRead
    private var received: [UInt8] = []
    /// So much waits to be taken that no more is read; the source is suspended then.
    private var isFull = false
    private var hasEnded = false
    private var begun: pid_t?
    private var waiter: CheckedContinuation<Void, Never>?

    /// Takes the descriptor over, and sends the request.
    init(_ descriptor: Int32, request: [UInt8]) {
        self.descriptor = descriptor
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [weak self] in self?.receive() }
        source.setCancelHandler { close(descriptor) }
        queue.async { [self] in
            Self.send(request, to: descriptor)
            source.activate()
        }
    }

    deinit {
        // A suspended source may not be let go.
        if isFull { source.resume() }
        source.cancel()
    }

    /// Has the command killed; its last frames still come. Any number of times, from any thread.
    func end() {
        // After the last frame the descriptor's number may be another's.
        lock.withLock { if !hasEnded { shutdown(descriptor, Int32(SHUT_WR)) } }
    }

    /// The process that everything of the command descends from, once it has begun; whether anybody takes frames or not.
    var process: pid_t? { lock.withLock { begun } }

    /// The next frame, or nil after the last. Waits for it whether the task is cancelled or not: `end` makes it short.
    func next() async -> Frame? {
        while true {
            // Under one lock: between two, the last frame and the end could both come, and the frame would be lost.
            let (frame, isOver) = lock.withLock { () -> (Frame?, Bool) in
                let frame = takeFrame()
                return (frame, frame == nil && hasEnded)
            }
            if let frame {
                goOnReading()
                return frame
            }
            if isOver { return nil }
            await withCheckedContinuation { continuation in
                let isReady = lock.withLock {
                    if hasEnded || hasFrame { return true }
                    waiter = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    private static func send(_ bytes: [UInt8], to descriptor: Int32) {
        var place = 0
        while place < bytes.count {
            let sent = bytes[place...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent < 0, errno == EINTR { continue }
            guard sent > 0 else { return }
            place += sent
        }
    }

    /// Everything that is there: of a connection that has been closed meanwhile the source tells only once.
    private func receive() {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let got = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            if got < 0, errno == EINTR { continue }
            if got < 0, errno == EAGAIN { return wake() }
            guard got > 0 else { break }
            let isFull = lock.withLock {
                received += bytes[..<got]
                noteBeginning()
                self.isFull = received.count >= Self.room
                return self.isFull
            }
            if isFull {
                source.suspend()
                return wake()
            }
        }
        lock.withLock { hasEnded = true }
        source.cancel()
        wake()
    }

    /// Once half of what was there has been taken.
    private func goOnReading() {
        let goesOn = lock.withLock {
            guard isFull, received.count < Self.room / 2 || !hasFrame else { return false }
            isFull = false
            return true
        }
        guard goesOn else { return }
        queue.async { [self] in
            source.resume()
            // Of an end that came meanwhile the source may never tell.
            receive()
        }
    }

    private func wake() {
        let waiting = lock.withLock { () -> CheckedContinuation<Void, Never>? in
            guard hasEnded || hasFrame else { return nil }
            defer { waiter = nil }
            return waiter
        }
        waiting?.resume()
    }
}

// MARK: - Frames

extension CommandStream {
    private static let headSize = MemoryLayout<csandbox_frame>.size

    private var head: csandbox_frame? {
        guard received.count >= Self.headSize else { return nil }
        return received.withUnsafeBytes { $0.loadUnaligned(as: csandbox_frame.self) }
    }

    private var hasFrame: Bool { head.map { received.count >= Self.headSize + Int($0.length) } ?? false }

    /// It comes before all others.
    private func noteBeginning() {
        guard begun == nil, head?.kind == CSANDBOX_BEGUN, let body = takeBody(), body.count == 4 else { return }
        begun = body.withUnsafeBytes { $0.loadUnaligned(as: pid_t.self) }
    }

    private func takeBody() -> [UInt8]? {
        guard let head, hasFrame else { return nil }
        let body = Array(received[Self.headSize..<Self.headSize + Int(head.length)])
        received.removeFirst(Self.headSize + body.count)
        return body
    }

    private func takeFrame() -> Frame? {
        guard let head, let body = takeBody() else { return nil }
        switch head.kind {
        case CSANDBOX_STDOUT: return .output(SandboxOutput(channel: .output, bytes: body))
        case CSANDBOX_STDERR: return .output(SandboxOutput(channel: .error, bytes: body))
        case CSANDBOX_RESULT where body.count == MemoryLayout<csandbox_result>.size:
            return .result(SandboxResult(body.withUnsafeBytes { $0.loadUnaligned(as: csandbox_result.self) }))
        default: return .failure(String(decoding: body, as: UTF8.self))
        }
    }
}

extension SandboxResult {
    init(_ result: csandbox_result) {
        wasBegun = result.was_begun != 0
        exitCode = result.exit_code
        isOutOfTime = result.ended == CSANDBOX_ENDED_BY_TIME
        isOutOfMemory = result.memory_kills > 0
        time = .microseconds(Int64(clamping: result.wall_microseconds))
        processorTime = .microseconds(Int64(clamping: result.cpu_microseconds))
        peakMemory = result.peak_memory
        lostOutput = result.dropped
    }
}

extension SandboxCommand {
    /// The command as the launcher reads it. Throws when it is too large.
    func request(_ limits: SandboxLimits, gifts: UInt32 = 0) throws -> [UInt8] {
        let words: [UInt8] = self.words.flatMap { (word: String) -> [UInt8] in Array(word.utf8) + [0] }
        guard !arguments.isEmpty, words.count <= Int(CSANDBOX_ARGUMENT_BYTES),
            program.count <= Int(CSANDBOX_PROGRAM_BYTES), max(environment.count, folders.count) <= 1000,
            !self.words.contains(where: { $0.utf8.contains(0) })
        else { throw SandboxError("The program is too long.") }
        let request = csandbox_request(
            magic: CSANDBOX_MAGIC,
            wall_milliseconds: UInt32(clamping: limits.time / .milliseconds(1)),
            cpu_seconds: limits.processorSeconds,
            processes: limits.processes,
            memory: limits.memory,
            file_size: limits.fileSize,
            temporary: limits.temporary,
            output: limits.output,
            arguments: UInt32(arguments.count),
            argument_bytes: UInt32(words.count),
            program_bytes: UInt32(program.count),
            variables: UInt16(environment.count),
            folders: UInt16(folders.count),
            gifts: gifts
        )
        return withUnsafeBytes(of: request) { Array($0) } + words + program
    }
}

extension UInt32 {
    /// The nearest number that there is.
    fileprivate init(clamping value: Double) { self = value >= 4e9 ? 4_000_000_000 : value <= 1 ? 1 : UInt32(value) }
}

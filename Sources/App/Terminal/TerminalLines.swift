import Engine
import Foundation

/// What a person types, line by line; the waiting for it can be broken off.
final class TerminalLines: Sendable {
    enum Line: Sendable, Equatable {
        case text(String)
        /// There will be no more: Ctrl-D.
        case end
        /// Somebody called `interrupt()`, or the task was cancelled.
        case interrupted
    }

    private struct State {
        var buffer: [UInt8] = []
        var hasEnded = false
        /// Lines that were not meant for who reads now.
        var aside: [String] = []

        /// A whole line of what has come.
        mutating func line() -> String? {
            guard let end = buffer.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            defer { buffer.removeSubrange(...end) }
            return String(decoding: buffer[..<end], as: UTF8.self)
        }
    }

    private let descriptor: Int32
    /// Written to in order to break off a wait.
    private let bell: (reading: Int32, writing: Int32)
    private let state = Locked(State())

    /// Reads from this descriptor, which stays the caller's.
    init(_ descriptor: Int32 = STDIN_FILENO) {
        self.descriptor = descriptor
        var ends: [Int32] = [-1, -1]
        // Without a pipe, which a process that has no descriptors left does not get, waits end only by a line.
        _ = pipe(&ends)
        bell = (ends[0], ends[1])
    }

    deinit {
        close(bell.reading)
        close(bell.writing)
    }

    /// The next line without its end.
    func next() async -> Line {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // A read of a terminal takes as long as its person: no thread of the pool's may wait for it.
                Thread.detachNewThread { continuation.resume(returning: self.read()) }
            }
        } onCancel: {
            interrupt()
        }
    }

    /// Ends the wait that is under way, or the next one.
    func interrupt() {
        var byte: UInt8 = 0
        _ = write(bell.writing, &byte, 1)
    }

    /// The next line that was typed before it was asked for, if there is one.
    func typedAhead() -> String? {
        receiveAll()
        return state.withLock { $0.aside.isEmpty ? $0.line() : $0.aside.removeFirst() }
    }

    /// Leaves the lines that were typed before they were asked for to `typedAhead()`, and forgets half a line, and what was rung.
    func setAside() {
        receiveAll()
        tcflush(descriptor, TCIFLUSH)
        state.withLock { state in
            while let line = state.line() { state.aside.append(line) }
            // A Ctrl-D was not meant for who reads now either.
            (state.buffer, state.hasEnded) = ([], false)
        }
        while isReady(bell.reading, within: 0) { silence() }
    }

    /// Nobody is to have the lines that were set aside.
    func forgetAside() { state.withLock { $0.aside = [] } }

    private func read() -> Line {
        while true {
            if let line = taken() { return line }
            var polled = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: bell.reading, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&polled, 2, -1) > 0 else { continue }
            if polled[1].revents != 0 {
                silence()
                return .interrupted
            }
            receive()
        }
    }

    private func receive() {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = Foundation.read(descriptor, &bytes, bytes.count)
        state.withLock { state in
            if count > 0 {
                state.buffer += bytes.prefix(count)
            } else {
                state.hasEnded = count == 0 || errno != EINTR
            }
        }
    }

    /// What is there now.
    private func receiveAll() {
        while isReady(descriptor, within: 0), !state.withLock({ $0.hasEnded }) { receive() }
    }

    /// A whole line of what has come; at its end the rest.
    private func taken() -> Line? {
        state.withLock { state in
            if let line = state.line() { return .text(line) }
            guard state.hasEnded else { return nil }
            // A terminal can go on after its Ctrl-D.
            state.hasEnded = false
            defer { state.buffer = [] }
            return state.buffer.isEmpty ? .end : .text(String(decoding: state.buffer, as: UTF8.self))
        }
    }

    private func silence() {
        var byte: UInt8 = 0
        _ = Foundation.read(bell.reading, &byte, 1)
    }

    private func isReady(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, milliseconds) > 0
    }
}

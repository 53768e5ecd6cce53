import Engine
import NIOCore

/// What is written on one side and read on the other, in order; a slow reader holds the writer up.
final class Handover: Sendable {
    /// Bytes that may wait for the reader.
    private static let room = 64 * 1024
    private static let signOfLife = ByteBuffer(string: ": still here\n\n")
    /// How long a reader may take nothing while too much waits: the writer holds places and money for it.
    private let patience: Duration
    /// Wakes the reader: there is something to read, or whatever else it is rung for.
    private let bell: Signal

    private struct State {
        var pending = ByteBuffer()
        var hasBegun = false
        var isEnded = false
        var isAbandoned = false
        var failure: (any Error)?
        var writer: CheckedContinuation<Void, Never>?
    }

    private let state = Locked(State())

    init(bell: Signal = Signal(), patience: Duration = .seconds(60)) { (self.bell, self.patience) = (bell, patience) }

    /// Waits while too much waits to be read. Throws `CancellationError` once nobody reads any more, or has read nothing for
    /// too long.
    func write(_ append: (inout ByteBuffer) -> Void) async throws {
        let (isNews, isFull) = state.withLock { state in
            // Of what waits already the reader knows.
            let isNews = state.pending.readableBytes == 0
            append(&state.pending)
            state.hasBegun = true
            return (isNews, state.pending.readableBytes > Self.room)
        }
        if isNews { bell.ring() }
        if isFull {
            let alarm = Task { [patience] in
                try await Task.sleep(for: patience)
                abandon()
            }
            await waitForRoom()
            alarm.cancel()
        }
        if state.withLock({ $0.isAbandoned }) { throw CancellationError() }
    }

    /// Nothing more is written.
    func end() {
        state.withLock { $0.isEnded = true }
        bell.ring()
    }

    /// The same, and the reader gets this failure in place of anything. False once it has something: then it has to be told
    /// in words.
    func refuse(_ failure: any Error) -> Bool {
        let isRefused = state.withLock { state in
            guard !state.hasBegun else { return false }
            (state.isEnded, state.failure) = (true, failure)
            return true
        }
        if isRefused { bell.ring() }
        return isRefused
    }

    /// Nobody reads any more.
    func abandon() {
        let writer = state.withLock { state in
            state.isAbandoned = true
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume()
        bell.ring()
    }

    /// All that was written since the last time, at least something; nil at the end. Throws the failure when there is nothing
    /// and never will be.
    func next() async throws -> ByteBuffer? {
        while true {
            switch try take() {
            case .bytes(let buffer): return buffer
            case .end: return nil
            case .nothing: await waitForNews()
            }
        }
    }

    /// The same for one whose bell tells of other things, too: a silence is broken when that is due, and whoever may no longer
    /// read gets nothing more but a `WebError`.
    func next(_ news: () -> StreamPass.News) async throws -> ByteBuffer? {
        var isRung = false
        while true {
            switch try take() {
            case .bytes(let buffer):
                guard news().end != .dismissed else { throw Self.dismissed }
                return buffer
            case .end: return nil
            case .nothing:
                if isRung {
                    let heard = news()
                    guard heard.end != .dismissed else { throw Self.dismissed }
                    if heard.isBeatDue, begin() { return Self.signOfLife }
                }
                await waitForNews()
                isRung = true
            }
        }
    }

    private static let dismissed = WebError(.unauthorized, "You were signed out, or your key was revoked.")

    private enum Taken {
        case bytes(ByteBuffer)
        case end, nothing
    }

    private func take() throws -> Taken {
        let (taken, writer) = try state.withLock { state -> (Taken, CheckedContinuation<Void, Never>?) in
            // Given up because it was not read in time: a part of it is no answer.
            if state.isAbandoned, !state.isEnded { state.failure = state.failure ?? CancellationError() }
            guard state.pending.readableBytes > 0 else {
                if let failure = state.failure { throw failure }
                return (state.isEnded || state.isAbandoned ? .end : .nothing, nil)
            }
            let taken = state.pending
            state.pending = ByteBuffer()
            defer { state.writer = nil }
            return (.bytes(taken), state.writer)
        }
        writer?.resume()
        return taken
    }

    /// Whether the reader may be given something that nobody has written.
    private func begin() -> Bool {
        state.withLock { state in
            guard !state.isEnded, !state.isAbandoned else { return false }
            state.hasBegun = true
            return true
        }
    }

    private func waitForNews() async {
        await bell.wait()
        if Task.isCancelled { abandon() }
    }

    private func waitForRoom() async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if state.pending.readableBytes <= Self.room || state.isAbandoned { return true }
                state.writer = continuation
                return false
            }
            if goesOn { continuation.resume() }
        }
    }
}

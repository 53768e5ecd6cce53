import Engine
import NIOCore

/// What is written on one side and read on the other, in order; a slow reader holds the writer up.
final class Handover: Sendable {
    /// Bytes that may wait for the reader.
    private static let room = 64 * 1024
    /// How long a reader may take nothing while too much waits: the writer holds places and money for it.
    private let patience: Duration

    private struct State {
        var pending = ByteBuffer()
        var hasBegun = false
        var isEnded = false
        var isAbandoned = false
        var failure: (any Error)?
        var reader: CheckedContinuation<Void, Never>?
        var writer: CheckedContinuation<Void, Never>?
    }

    private let state = Locked(State())

    init(patience: Duration = .seconds(60)) { self.patience = patience }

    /// Whether anything was written.
    var hasBegun: Bool { state.withLock { $0.hasBegun } }

    /// Waits while too much waits to be read. Throws `CancellationError` once nobody reads any more, or has read nothing for
    /// too long.
    func write(_ append: (inout ByteBuffer) -> Void) async throws {
        let (reader, isFull) = state.withLock { state in
            append(&state.pending)
            state.hasBegun = true
            defer { state.reader = nil }
            return (state.reader, state.pending.readableBytes > Self.room)
        }
        reader?.resume()
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

    /// Nothing more is written. `failure` is what the reader gets who has read all that was.
    func end(_ failure: (any Error)? = nil) {
        let reader = state.withLock { state in
            state.isEnded = true
            state.failure = failure
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }

    /// Nobody reads any more.
    func abandon() {
        let waiting = state.withLock { state in
            state.isAbandoned = true
            defer { (state.reader, state.writer) = (nil, nil) }
            return [state.reader, state.writer]
        }
        for one in waiting { one?.resume() }
    }

    /// Returns once there is something to read; throws the failure when there never will be.
    func begun() async throws {
        await waitForNews()
        if let failure = state.withLock({ $0.pending.readableBytes == 0 ? $0.failure : nil }) { throw failure }
    }

    /// All that was written since the last time, at least something; nil at the end.
    func next() async throws -> ByteBuffer? {
        await waitForNews()
        let (taken, writer, failure) = state.withLock { state in
            // Given up because it was not read in time: a part of it is no answer.
            if state.isAbandoned, !state.isEnded { state.failure = state.failure ?? CancellationError() }
            let taken = state.pending
            state.pending = ByteBuffer()
            defer { state.writer = nil }
            return (taken, state.writer, state.failure)
        }
        writer?.resume()
        if taken.readableBytes > 0 { return taken }
        if let failure { throw failure }
        return nil
    }

    private func waitForNews() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    if state.pending.readableBytes > 0 || state.isEnded || state.isAbandoned { return true }
                    state.reader = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            abandon()
        }
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

import Engine
import NIOCore

/// The two ends of a socket: what its client says on its way to the task that answers, and back.
///
/// The bell rings when the client has said something, when it reads again, and when the socket has ended.
final class SocketLink: Sendable {
    /// Words that wait to be taken; with more, nothing is read.
    private static let mostWords = 16
    private static let mostBytes = 256 * 1024

    private struct State {
        var words: [SocketWord] = []
        var bytes = 0
        var isWritable = true
        var hasEnded = false
        var heardAt = ContinuousClock.now
    }

    let bell: Signal
    private let channel: any Channel
    private let door = Locked<NIOLoopBound<SocketDoor>?>(nil)
    private let state = Locked(State())

    init(channel: any Channel, bell: Signal) {
        (self.channel, self.bell) = (channel, bell)
    }

    /// Makes a socket of the connection, before the answer to the handshake: a client may speak as soon as it has that.
    func prepare(limit: Int) async throws {
        try await channel.eventLoop.submit { [self] in
            let door = SocketDoor(link: self, limit: limit)
            try channel.pipeline.syncOperations.addHandler(door, position: .first)
            self.door.withLock { $0 = NIOLoopBound(door, eventLoop: channel.eventLoop) }
            if !channel.isActive { end() }
        }.get()
    }

    /// Begins when the answer to the handshake is written.
    func open() { onLoop { $0.open() } }

    // MARK: - For the task

    /// What has come since the last time.
    func take() -> [SocketWord] {
        let (words, wasFull) = state.withLock { state in
            let wasFull = Self.isFull(state)
            defer { (state.words, state.bytes) = ([], 0) }
            return (state.words, wasFull)
        }
        if wasFull { onLoop { $0.readOn() } }
        return words
    }

    /// Whether the client keeps up: only then is more written.
    var isWritable: Bool { state.withLock { $0.isWritable } }
    var hasEnded: Bool { state.withLock { $0.hasEnded } }
    /// When anything came from the client last.
    var heardAt: ContinuousClock.Instant { state.withLock { $0.heardAt } }

    func send(_ text: String) { onLoop { $0.send(SocketFrame.text(text)) } }

    /// Of several texts at once.
    func send(_ frames: ByteBuffer) { onLoop { $0.send(frames) } }

    static func frames(_ texts: [String]) -> ByteBuffer {
        var frames = ByteBuffer()
        for text in texts { frames.writeImmutableBuffer(SocketFrame.text(text)) }
        return frames
    }

    func ping() { onLoop { $0.send(SocketFrame.ping()) } }

    func close(_ end: SocketEnd) { onLoop { $0.close(end) } }

    /// Returns when the connection is gone.
    func closed() async { try? await channel.closeFuture.get() }

    private func onLoop(_ body: @escaping @Sendable (SocketDoor) -> Void) {
        let door = door.withLock { $0 }
        channel.eventLoop.execute { if let door { body(door.value) } }
    }

    // MARK: - For the door

    func receive(_ text: String) {
        state.withLock { state in
            state.words.append(.text(text))
            state.bytes += text.utf8.count
        }
        bell.ring()
    }

    /// Behind all that was said before.
    func receive(_ end: SocketEnd) {
        state.withLock { $0.words.append(.end(end)) }
        bell.ring()
    }

    var hasRoom: Bool { state.withLock { !Self.isFull($0) } }

    func setWritable(_ isWritable: Bool) {
        state.withLock { $0.isWritable = isWritable }
        if isWritable { bell.ring() }
    }

    func heard() { state.withLock { $0.heardAt = .now } }

    func end() {
        state.withLock { $0.hasEnded = true }
        bell.ring()
    }

    /// The door is gone: nothing more is sent.
    func letGo() { door.withLock { $0 = nil } }

    private static func isFull(_ state: State) -> Bool {
        state.words.count >= mostWords || state.bytes >= mostBytes
    }
}

import Logging

/// The listeners of a database, so that they end with it.
final class Listeners: Sendable {
    private struct State: Sendable {
        var isClosed = false
        var lastNumber = 0
        var listeners: [Int: Listener] = [:]
    }

    private let configuration: DatabaseConfiguration
    private let logger: Logger
    private let state = Locked(State())

    init(_ configuration: DatabaseConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    func listen(on channel: String) -> AsyncStream<String> {
        // Notifications are hints: when the reader is slow the oldest are dropped, and it is told to look.
        let (stream, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(256))
        let listener = Listener(configuration, channel: channel, continuation: continuation, logger: logger)
        let number = state.withLock { state -> Int? in
            guard !state.isClosed else { return nil }
            state.lastNumber += 1
            state.listeners[state.lastNumber] = listener
            return state.lastNumber
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            listener.stop()
            self?.state.withLock { $0.listeners[number] = nil }
        }
        listener.start()
        return stream
    }

    func close() {
        let listeners = state.withLock { state in
            state.isClosed = true
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }
}

import CPostgres
import Dispatch
import Foundation
import Logging

/// Hears what is sent to one channel, on a connection of its own that it replaces whenever it breaks.
///
/// `@unchecked`: everything that changes is touched on `queue` only, the source's handlers among them.
final class Listener: @unchecked Sendable {
    private let configuration: DatabaseConfiguration
    private let channel: String
    private let continuation: AsyncStream<String>.Continuation
    private let logger: Logger
    private let queue = DispatchQueue(label: "postgres.listener")
    private var source: (any DispatchSourceRead)?
    private var failures = 0
    private var isStopped = false

    init(
        _ configuration: DatabaseConfiguration,
        channel: String,
        continuation: AsyncStream<String>.Continuation,
        logger: Logger
    ) {
        self.configuration = configuration
        self.channel = channel
        self.continuation = continuation
        self.logger = logger
    }

    func start() { queue.async { self.connect() } }

    func stop() {
        queue.async {
            self.isStopped = true
            self.source?.cancel()
            self.source = nil
        }
    }

    /// Ends the stream, which stops the listener.
    func finish() { continuation.finish() }

    private func connect() {
        guard !isStopped else { return }
        do throws(DatabaseError) {
            let handle = ListeningHandle(try configuration.connect())
            try handle.listen(to: channel)
            watch(handle)
        } catch {
            failures += 1
            let delay = min(5000, 100 << min(failures - 1, 6)) * Int.random(in: 80...120) / 100
            logger.warning(
                "not listening to the database",
                metadata: ["channel": "\(channel)", "retry_ms": "\(delay)", "error": "\(error)"]
            )
            queue.asyncAfter(deadline: .now() + .milliseconds(delay)) { self.connect() }
        }
    }

    private func watch(_ handle: ListeningHandle) {
        failures = 0
        // A descriptor of the source's own: libpq closes its socket as soon as the connection is lost, and a
        // descriptor may be closed only when the source has let go of it.
        let descriptor = dup(handle.socket)
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [weak self] in self?.receive(from: handle) }
        source.setCancelHandler {
            _ = close(descriptor)
            handle.close()
        }
        self.source = source
        source.activate()
        hand(over: "")
        // Some may have come together with the answer to `listen`.
        receive(from: handle)
    }

    private func receive(from handle: ListeningHandle) {
        guard !isStopped, source != nil else { return }
        guard let payloads = handle.payloads() else {
            source?.cancel()
            source = nil
            return connect()
        }
        for payload in payloads { hand(over: payload) }
    }

    private func hand(over payload: String) {
        // Something was dropped, so the reader has to look for itself.
        if case .dropped = continuation.yield(payload) { continuation.yield("") }
    }
}

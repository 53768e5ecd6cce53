import Engine
import Logging

/// Keeps what is logged, with what is said about it; all copies keep it in one place.
struct HeardLog: LogHandler {
    private let heard = Locked<[String]>([])
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    var lines: [String] { heard.withLock { $0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let line = "\(event.message) \(event.metadata ?? [:])"
        heard.withLock { $0.append(line) }
    }
}

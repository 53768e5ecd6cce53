import Foundation
import Logging

/// Lines for a program: one JSON object each.
struct JSONLogHandler: LogHandler {
    let label: String
    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]

    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = LogLine.metadata(metadata, of: event)
        let line = Line(
            time: LogLine.now,
            level: event.level.rawValue,
            logger: label,
            message: "\(event.message)",
            metadata: fields.isEmpty ? nil : Dictionary(fields.map { ($0.name, $0.value) }) { $1 }
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(line) else { return }
        LogLine.write(String(decoding: data, as: UTF8.self))
    }

    private struct Line: Encodable {
        var time: String
        var level: String
        var logger: String
        var message: String
        var metadata: [String: String]?
    }
}

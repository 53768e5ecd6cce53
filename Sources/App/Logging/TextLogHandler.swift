import Logging

/// Lines for a person: time, level, message, then `name=value`.
struct TextLogHandler: LogHandler {
    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = "\(LogLine.now) \(event.level.rawValue.uppercased()) \("\(event.message)".harmless)"
        for (name, value) in LogLine.metadata(metadata, of: event) { line += " \(name)=\(value.harmless)" }
        LogLine.write(line)
    }
}

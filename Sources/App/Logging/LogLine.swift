import Engine
import Foundation
import Logging

/// What both handlers need: the merged metadata as text, and one write for one line.
enum LogLine {
    static func metadata(_ own: Logger.Metadata, of event: LogEvent) -> [(name: String, value: String)] {
        var all = own.merging(event.metadata ?? [:]) { $1 }
        if let error = event.error { all["error"] = "\(error)" }
        return all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
    }

    /// One system call, so that lines of several threads do not mix.
    static func write(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    static var now: String { Date().iso8601Milliseconds }
}

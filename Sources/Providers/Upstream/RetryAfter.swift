import Fetch
import Foundation

/// How long an upstream asks to wait.
enum RetryAfter {
    /// Whole seconds, at most a day; nil when it did not say, or not in a way that can be read.
    static func seconds(_ headers: FetchHeaders, now: Date = Date()) -> Int? {
        if let milliseconds = headers["retry-after-ms"].flatMap({ Double($0) }) {
            return clamped(milliseconds / 1000)
        }
        guard let text = headers["retry-after"] else { return nil }
        if let seconds = Double(text) { return clamped(seconds) }
        return date(text).flatMap { clamped($0.timeIntervalSince(now)) }
    }

    private static func clamped(_ seconds: Double) -> Int? {
        seconds.isFinite ? Int(max(0, min(seconds.rounded(.up), 86_400))) : nil
    }

    /// The one form of RFC 9110 that is not obsolete: `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func date(_ text: String) -> Date? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.date(from: text)
    }
}

import Foundation

/// A time in minutes as people write it, `90` or `0.5`, and in seconds as it is kept.
enum ApprovalMinutes {
    /// nil for what is no number, less than a second or more than a year.
    static func seconds(_ text: String) -> Int? {
        guard let minutes = Double(text.replacing(",", with: ".")), minutes.isFinite else { return nil }
        let seconds = (minutes * 60).rounded()
        return (1...31_536_000).contains(seconds) ? Int(seconds) : nil
    }

    /// With as many places as bring the seconds back.
    static func text(_ seconds: Int) -> String {
        guard seconds % 60 != 0 else { return String(seconds / 60) }
        var text = String(format: "%.3f", Double(seconds) / 60)
        while text.hasSuffix("0") { text.removeLast() }
        return text
    }
}

import Engine
import Foundation

/// A moment as a page shows it: relative up to a day, then the date; the exact time for machines.
struct TimeText: Sendable {
    let instant: String
    let text: String
    /// Whether the text ages while the page is open.
    let isRecent: Bool

    init(_ date: Date, voice: Voice) {
        instant = date.iso8601Milliseconds
        let minutes = Int(voice.now.timeIntervalSince(date) / 60)
        isRecent = minutes < 24 * 60
        text =
            switch minutes {
            case ..<1: voice.words["ago.now"]
            case ..<60: voice.words("ago.minutes", ["n": String(minutes)])
            case ..<(24 * 60): voice.words("ago.hours", ["n": String(minutes / 60)])
            default: TimeText.date(date, voice: voice)
            }
    }

    /// Hours and minutes, with the date when it is not today's.
    static func exact(_ date: Date, voice: Voice) -> String {
        let parts = voice.calendar.dateComponents([.hour, .minute], from: date)
        let clock = two(parts.hour) + ":" + two(parts.minute)
        return voice.calendar.isDate(date, inSameDayAs: voice.now) ? clock : Self.date(date, voice: voice) + " " + clock
    }

    private static func date(_ date: Date, voice: Voice) -> String {
        let parts = voice.calendar.dateComponents([.year, .month, .day], from: date)
        let months = voice.words["date.months"].split(separator: ",")
        let month = months[max(0, min(months.count, parts.month ?? 1) - 1)]
        let values = ["day": String(parts.day ?? 1), "month": String(month), "year": String(parts.year ?? 0)]
        let isThisYear = voice.calendar.component(.year, from: voice.now) == parts.year
        return voice.words(isThisYear ? "date.sameYear" : "date.otherYear", values)
    }

    private static func two(_ number: Int?) -> String {
        let text = String(number ?? 0)
        return text.count < 2 ? "0" + text : text
    }
}

extension Voice {
    var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        return calendar
    }

    func time(_ date: Date) -> TimeText { TimeText(date, voice: self) }

    func time(_ date: Date?) -> TimeText? { date.map(time) }
}

import Engine
import Foundation
import Storage

/// The days of a question about usage, in steps that a picture has room for, and the same number of days before them.
struct UsagePeriod: Sendable {
    let from: Date
    let to: Date
    let step: UsageStep

    /// nil where the days are none.
    init?(_ question: UsageQuestion) {
        guard let from = Date(utcDay: question.from), let to = Date(utcDay: question.to), from <= to else { return nil }
        self.from = from
        self.to = to
        let days = Calendar.utc.dateComponents([.day], from: from, to: to).day ?? 0
        step = days < 62 ? .day : days < 400 ? .week : .month
    }

    /// How many days there are.
    var days: Int { (Calendar.utc.dateComponents([.day], from: from, to: to).day ?? 0) + 1 }

    /// The days before, to compare with.
    var before: (from: String, to: String) {
        (from.addingTimeInterval(-86_400 * Double(days)).utcDay, from.addingTimeInterval(-86_400).utcDay)
    }

    /// The first days of the steps. Of a long period only those between the first and the last that hold something.
    func steps(holding used: [String]) -> [Date] {
        var (start, end) = (beginning(of: from), to)
        if step == .month {
            let dates = used.compactMap { Date(utcDay: $0) }
            guard let first = dates.min(), let last = dates.max() else { return [] }
            (start, end) = (first, last)
        }
        var steps: [Date] = []
        while start <= end, steps.count < 1200 {
            steps.append(start)
            start = Calendar.utc.date(byAdding: component, value: 1, to: start) ?? .distantFuture
        }
        return steps
    }

    /// What a step is called, in full and below a bar; only every so many bars have room for it.
    func names(of steps: [Date], voice: Voice) -> [(name: String, label: String?)] {
        let every = max(1, (steps.count + 9) / 10)
        var lastMonth: Int?
        return steps.enumerated().map { index, date in
            let name = name(of: date, voice: voice)
            guard index.isMultiple(of: every) else { return (name, nil) }
            let month = Calendar.utc.component(.month, from: date)
            defer { lastMonth = month }
            return (name, step == .day && month == lastMonth ? voice.dayOfMonth(date) : name)
        }
    }

    func name(of date: Date, voice: Voice) -> String { step == .month ? voice.month(date) : voice.day(date) }

    private func beginning(of date: Date) -> Date {
        guard step == .week else { return date }
        // Monday is the second day of this calendar's week; PostgreSQL begins a week with it.
        let sinceMonday = (Calendar.utc.component(.weekday, from: date) + 5) % 7
        return date.addingTimeInterval(-86_400 * Double(sinceMonday))
    }

    private var component: Calendar.Component {
        switch step {
        case .day: .day
        case .week: .weekOfYear
        case .month: .month
        }
    }
}

extension Date {
    /// `2026-11-21`; nil for what is no day of ours.
    init?(utcDay text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in part.utf8.allSatisfy { (48...57).contains($0) } ? Int(part) : nil }
        guard parts.map(\.count) == [4, 2, 2], numbers.count == 3, (1970...2999).contains(numbers[0]),
            let date = DateComponents(calendar: .utc, year: numbers[0], month: numbers[1], day: numbers[2]).date,
            date.utcDay == text
        else { return nil }
        self = date
    }

    /// `2026-11-21`
    var utcDay: String { String(iso8601Milliseconds.prefix(10)) }
}

extension Calendar {
    static var utc: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }
}

extension Voice {
    /// A day of UTC, with the year when it is not this one.
    func day(_ date: Date) -> String {
        let isThisYear = Calendar.utc.component(.year, from: date) == Calendar.utc.component(.year, from: now)
        return words(isThisYear ? "date.sameYear" : "date.otherYear", parts(date))
    }

    func dayOfMonth(_ date: Date) -> String { words("date.dayOnly", ["day": parts(date)["day"] ?? ""]) }

    func month(_ date: Date) -> String {
        words("date.monthOfYear", parts(date).filter { $0.key != "day" })
    }

    private func parts(_ date: Date) -> [String: String] {
        let parts = Calendar.utc.dateComponents([.year, .month, .day], from: date)
        let months = words["date.months"].split(separator: ",")
        let month = months[max(0, min(months.count, parts.month ?? 1) - 1)]
        return ["day": String(parts.day ?? 1), "month": String(month), "year": String(parts.year ?? 0)]
    }
}

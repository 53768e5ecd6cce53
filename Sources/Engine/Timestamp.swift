package import Foundation

extension Date {
    /// `2025-06-24T10:00:00.123Z`, the one form of time in our JSON. Written by hand: it stands on the hot path.
    package var iso8601Milliseconds: String {
        let total = Int64((timeIntervalSince1970 * 1000).rounded(.down))
        let (days, dayMilliseconds) = total.flooredDivision(by: 86_400_000)
        let (year, month, day) = civilDate(daysSinceEpoch: days)
        let (hour, afterHour) = dayMilliseconds.flooredDivision(by: 3_600_000)
        let (minute, afterMinute) = afterHour.flooredDivision(by: 60_000)
        let (second, millisecond) = afterMinute.flooredDivision(by: 1000)
        var text = ""
        text.reserveCapacity(24)
        text.append(padded: year, to: 4)
        text += "-"
        text.append(padded: month, to: 2)
        text += "-"
        text.append(padded: day, to: 2)
        text += "T"
        text.append(padded: hour, to: 2)
        text += ":"
        text.append(padded: minute, to: 2)
        text += ":"
        text.append(padded: second, to: 2)
        text += "."
        text.append(padded: millisecond, to: 3)
        text += "Z"
        return text
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let remainder = ((self % divisor) + divisor) % divisor
        return ((self - remainder) / divisor, remainder)
    }
}

extension String {
    fileprivate mutating func append(padded number: Int64, to width: Int) {
        let digits = String(number)
        for _ in 0..<Swift.max(0, width - digits.utf8.count) { append("0") }
        append(digits)
    }
}

/// Days since 1970-01-01 to a Gregorian date, by the 400-year cycle counted from March.
private func civilDate(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = daysSinceEpoch + 719_468
    let (era, dayOfEra) = shifted.flooredDivision(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
}

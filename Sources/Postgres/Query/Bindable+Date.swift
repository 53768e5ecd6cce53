package import Foundation

extension Date: Bindable {
    /// `2025-06-24 10:00:00.123456+00`; microseconds are what PostgreSQL keeps.
    package func appendText(to bytes: inout [UInt8]) -> Bool {
        let seconds = timeIntervalSinceReferenceDate
        // Beyond PostgreSQL's years there is only the end of time; a NaN is refused by the server.
        guard abs(seconds) < 9e12 else {
            return (seconds > 0 ? "infinity" : seconds < 0 ? "-infinity" : "NaN").appendText(to: &bytes)
        }
        // Counted from 2001, where the double is exact to the microsecond for the years we live in.
        let microseconds = Int((seconds * 1_000_000).rounded()) + Self.referenceMicroseconds
        let timeOfDay = (microseconds % Self.dayMicroseconds + Self.dayMicroseconds) % Self.dayMicroseconds
        let day = CivilDate(daysSinceEpoch: (microseconds - timeOfDay) / Self.dayMicroseconds)
        bytes.append(day)
        bytes.append(timeOfDay: timeOfDay)
        if day.year <= 0 { bytes.append(contentsOf: " BC".utf8) }
        return true
    }

    private static let dayMicroseconds = 86_400_000_000
    private static let referenceMicroseconds = Int(Date.timeIntervalBetween1970AndReferenceDate) * 1_000_000
}

extension [UInt8] {
    fileprivate mutating func append(_ day: CivilDate) {
        append(day.year > 0 ? day.year : 1 - day.year, width: 4)
        append(UInt8(ascii: "-"))
        append(day.month, width: 2)
        append(UInt8(ascii: "-"))
        append(day.day, width: 2)
    }

    fileprivate mutating func append(timeOfDay microseconds: Int) {
        let seconds = microseconds / 1_000_000
        append(UInt8(ascii: " "))
        append(seconds / 3600, width: 2)
        append(UInt8(ascii: ":"))
        append(seconds / 60 % 60, width: 2)
        append(UInt8(ascii: ":"))
        append(seconds % 60, width: 2)
        append(UInt8(ascii: "."))
        append(microseconds % 1_000_000, width: 6)
        append(contentsOf: "+00".utf8)
    }

    private mutating func append(_ number: Int, width: Int) {
        let digits = String(number).utf8
        for _ in 0..<Swift.max(0, width - digits.count) { append(UInt8(ascii: "0")) }
        append(contentsOf: digits)
    }
}

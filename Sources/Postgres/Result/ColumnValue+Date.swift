package import Foundation

extension Date: ColumnValue {
    /// `2025-06-24`, `2025-06-24 10:00:00.123456+00`, `0044-03-15 12:00:00+00 BC`, `infinity`.
    package static func read(_ text: UnsafeBufferPointer<UInt8>?) -> Date? {
        guard let text else { return nil }
        var reader = TimestampReader(text: text)
        return reader.date()
    }
}

/// Reads one timestamp in the ISO style from the left to the right.
private struct TimestampReader {
    let text: UnsafeBufferPointer<UInt8>
    var position = 0

    mutating func date() -> Date? {
        if text.elementsEqual("infinity".utf8) { return Date(timeIntervalSinceReferenceDate: .infinity) }
        if text.elementsEqual("-infinity".utf8) { return Date(timeIntervalSinceReferenceDate: -.infinity) }
        guard let year = number(), skip("-"), let month = number(), skip("-"), let day = number() else { return nil }
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        var microseconds = 0
        if peek == UInt8(ascii: " "), text[position...].dropFirst().first != UInt8(ascii: "B") {
            position += 1
            guard let time = timeOfDay(), let zone = zoneSeconds() else { return nil }
            microseconds = time - zone * 1_000_000
        }
        let isBeforeChrist = text[position...].elementsEqual(" BC".utf8)
        guard isBeforeChrist || position == text.count else { return nil }
        let civil = CivilDate(year: isBeforeChrist ? 1 - year : year, month: month, day: day)
        // Counted from 2001, as when writing, so that a microsecond comes back as it went.
        let total = (civil.daysSinceEpoch - 11_323) * 86_400_000_000 + microseconds
        return Date(timeIntervalSinceReferenceDate: Double(total) / 1_000_000)
    }

    private mutating func timeOfDay() -> Int? {
        guard let hours = number(), skip(":"), let minutes = number(), skip(":"), let seconds = number() else {
            return nil
        }
        let whole = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000
        guard skip(".") else { return whole }
        let start = position
        guard var fraction = number(), position - start <= 6 else { return nil }
        for _ in (position - start)..<6 { fraction *= 10 }
        return whole + fraction
    }

    /// `+00`, `-03:30`; nothing for a timestamp without a zone.
    private mutating func zoneSeconds() -> Int? {
        guard let sign = peek, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return 0 }
        position += 1
        guard let hours = number() else { return nil }
        let minutes = skip(":") ? number() : 0
        let seconds = skip(":") ? number() : 0
        guard let minutes, let seconds else { return nil }
        return (sign == UInt8(ascii: "+") ? 1 : -1) * ((hours * 60 + minutes) * 60 + seconds)
    }

    private mutating func number() -> Int? {
        let start = position
        var number = 0
        // Nine digits are more than any part of a timestamp has.
        while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), position - start < 9 {
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
            position += 1
        }
        return position > start ? number : nil
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private var peek: UInt8? { position < text.count ? text[position] : nil }
}

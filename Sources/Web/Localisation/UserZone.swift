import Foundation

/// The time zones that a person may choose, and the one behind what `users.timezone` holds.
enum UserZone {
    /// Every whole hour and the halves and quarters that people live in, written `UTC+8:00`.
    static let names: [String] = offsets.map(name)

    /// An offset such as `UTC+8:00`, or a name such as `Asia/Shanghai`; anything else is UTC.
    static func zone(_ text: String) -> TimeZone {
        guard text.hasPrefix("UTC") else { return TimeZone(identifier: text) ?? .gmt }
        let parts = text.dropFirst(3).split(separator: ":").map { Int($0) ?? 0 }
        guard let hours = parts.first, (-12...14).contains(hours) else { return .gmt }
        let minutes = hours.magnitude * 60 + (parts.count > 1 ? UInt(max(0, min(59, parts[1]))) : 0)
        let isWest = text.dropFirst(3).hasPrefix("-")
        return TimeZone(secondsFromGMT: Int(minutes) * (isWest ? -60 : 60)) ?? .gmt
    }

    /// Whether somebody may choose it: one of the offsets, or a name that is known. What was kept before anybody looked is
    /// still read by `zone`.
    static func isKnown(_ text: String) -> Bool {
        let isOffset = text.hasPrefix("UTC+") || text.hasPrefix("UTC-")
        return isOffset ? names.contains(text) : TimeZone(identifier: text) != nil
    }

    private static let offsets: [Int] =
        ((-12...14).map { $0 * 60 } + [-570, -210, 210, 270, 330, 345, 390, 570, 630, 765]).sorted()

    private static func name(_ minutes: Int) -> String {
        let (hours, rest) = Int(minutes.magnitude).quotientAndRemainder(dividingBy: 60)
        return "UTC\(minutes < 0 ? "-" : "+")\(hours):\(rest < 10 ? "0" : "")\(rest)"
    }
}

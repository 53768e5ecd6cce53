package import Engine
package import Foundation

/// What time it is, where the person means.
package struct CurrentTimeTool: Tool {
    package let specification = ToolSpecification(
        name: "current_time",
        description: "Tells the present date, time and day of the week in a time zone (UTC when none is named).",
        schema: """
            {"type":"object","properties":{"time_zone":{"type":"string","maxLength":64,\
            "description":"An IANA name: Asia/Shanghai, Europe/Berlin, UTC"}},"additionalProperties":false}
            """,
        level: .readOnly,
        // The same question has another answer a moment later, but nothing changes by asking.
        effect: .idempotent
    )

    private let now: @Sendable () -> Date

    package init(now: @escaping @Sendable () -> Date = { Date() }) { self.now = now }

    package func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        let name = input["time_zone"]?.string ?? "UTC"
        guard let zone = TimeZone(identifier: name) else {
            throw ToolFailure("There is no time zone \"\(name)\".\(Self.hint(for: name)) Use an IANA name.")
        }
        let date = now()
        let style = Date.ISO8601FormatStyle(timeZoneSeparator: .colon, timeZone: zone)
        let day = Date.FormatStyle(locale: Locale(identifier: "en_US"), timeZone: zone).weekday(.wide)
        return "\(date.formatted(style)), \(date.formatted(day)), \(name)"
    }

    /// Zones whose place sounds like what was asked for.
    private static func hint(for name: String) -> String {
        let wanted = name.lowercased().split { "/ _".contains($0) }.last.map(String.init) ?? ""
        guard wanted.count > 2 else { return "" }
        let near = TimeZone.knownTimeZoneIdentifiers.filter { $0.lowercased().contains(wanted.prefix(4)) }.prefix(3)
        return near.isEmpty ? "" : " Do you mean \(near.joined(separator: ", "))?"
    }
}

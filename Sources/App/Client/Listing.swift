import Engine
import Foundation

/// How a list of the API looks on a terminal: which of its members stand in which column.
struct Listing: Sendable {
    struct Column: Sendable {
        var shape: TextTable.Column
        var value: @Sendable (JSONValue) -> String
    }

    /// What is said of a list that is empty.
    var nothing: String
    var columns: [Column]

    func text(_ items: [JSONValue], _ traits: TerminalTraits) -> String {
        guard !items.isEmpty else { return nothing }
        let table = TextTable(
            columns: columns.map(\.shape),
            rows: items.map { item in columns.map { $0.value(item) } }
        )
        return table.text(width: traits.hasOutput ? traits.width : nil, emphasise: traits.bold)
    }

    /// One of them, a member a line.
    func details(_ item: JSONValue, _ traits: TerminalTraits) -> String {
        let width = columns.map(\.shape.title.columns).max() ?? 0
        return columns.map { column in
            let title = traits.bold(column.shape.title.padded(to: width))
            return "\(title)  \(column.value(item).harmlessLine)"
        }.joined(separator: "\n")
    }
}

extension Listing.Column {
    /// Free text, which may be cut to make room.
    static func text(_ title: String, _ key: String) -> Self {
        text(title) { $0[key]?.string ?? "" }
    }

    static func text(_ title: String, _ value: @escaping @Sendable (JSONValue) -> String) -> Self {
        Self(shape: .init(title: title, isFlexible: true), value: value)
    }

    /// A word that stays whole.
    static func word(_ title: String, _ key: String) -> Self {
        Self(shape: .init(title: title)) { $0[key]?.string ?? "-" }
    }

    static func list(_ title: String, _ key: String) -> Self {
        text(title) { ($0[key]?.array ?? []).compactMap(\.string).joined(separator: ", ") }
    }

    static func number(_ title: String, _ key: String) -> Self {
        Self(shape: .init(title: title, isNumber: true)) { $0[key]?.decimal.map(\.description) ?? "-" }
    }

    static func flag(_ title: String, _ key: String) -> Self {
        Self(shape: .init(title: title)) { $0[key]?.bool == true ? "yes" : "" }
    }

    /// By the clock of this machine.
    static func time(_ title: String, _ key: String) -> Self {
        Self(shape: .init(title: title)) { $0[key]?.string.map(\.localTime) ?? "-" }
    }

    /// What something has cost, by currency.
    static func costs(_ title: String, _ key: String) -> Self {
        Self(shape: .init(title: title, isNumber: true)) { ($0[key] ?? .null).costs }
    }

    /// The end of a key: enough to name it by.
    static func id(_ title: String, _ key: String) -> Self {
        Self(shape: .init(title: title)) { $0[key]?.string.map(\.shortID) ?? "-" }
    }
}

extension JSONValue {
    /// `[{"currency", "cost"}]` in words.
    var costs: String {
        let parts = (array ?? []).compactMap { one in
            one["cost"]?.decimal.map { "\($0) \(one["currency"]?.string ?? "")" }
        }
        return parts.isEmpty ? "-" : parts.joined(separator: ", ")
    }
}

extension String {
    /// The last eight digits of a UUID: its first ones are a time, and much alike.
    var shortID: String { UUID(uuidString: self) == nil ? self : String(suffix(8)) }

    /// A moment of the API's as the clock of this machine would show it.
    fileprivate var localTime: String {
        guard let moment = try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(self) else {
            return self
        }
        let parts = Calendar(identifier: .gregorian).dateComponents(
            [.year, .month, .day, .hour, .minute],
            from: moment
        )
        return String(
            format: "%04d-%02d-%02d %02d:%02d",
            parts.year ?? 0,
            parts.month ?? 0,
            parts.day ?? 0,
            parts.hour ?? 0,
            parts.minute ?? 0
        )
    }
}

import Engine
import Foundation

/// What waits for a person, as lines of a terminal.
struct ApprovalTable {
    let text: String

    init(_ waiting: [JSONValue]) {
        guard !waiting.isEmpty else {
            text = "Nothing waits for you."
            return
        }
        let rows = [["CALL", "KIND", "TOOL", "SINCE", "UNTIL", "WHAT"]] + waiting.map(Self.row)
        let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
        text = rows.map { row in
            let cells = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
            return (cells + [row[5]]).joined(separator: "  ")
        }.joined(separator: "\n")
    }

    private static func row(_ one: JSONValue) -> [String] {
        let input = one["tool_input"] ?? .null
        let choices = (input["choices"]?.array ?? []).compactMap(\.string)
        let question = input["question"]?.string.map {
            $0 + (choices.isEmpty ? "" : " [\(choices.joined(separator: " | "))]")
        }
        return [
            one["call_id"]?.string ?? "", one["kind"]?.string ?? "", one["tool_name"]?.string ?? "",
            one["created_at"]?.string ?? "", one["expires_at"]?.string ?? "-", printable(question ?? input.text),
        ]
    }

    /// On one line, without what a terminal would obey.
    private static func printable(_ text: String) -> String {
        let plain = String(
            text.map {
                $0.isNewline || $0.unicodeScalars.contains { $0.properties.generalCategory == .control } ? " " : $0
            }
        )
        return plain.count > 200 ? plain.prefix(199) + "…" : plain
    }
}

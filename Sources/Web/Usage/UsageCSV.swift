import HTTPTypes
import Hummingbird
import NIOCore
import Storage

extension [UsageSum] {
    /// With a line of names on top; amounts to a millionth.
    func csv(_ grouping: UsageGrouping) -> String {
        CSVTable.text([grouping.rawValue] + UsageSum.columns, map(\.cells))
    }
}

extension [UsagePoint] {
    /// The same with the first day of each step before it.
    func csv(_ series: UsageGrouping) -> String {
        CSVTable.text(["from", series.rawValue] + UsageSum.columns, map { [$0.step] + $0.sum.cells })
    }
}

extension UsageSum {
    fileprivate static let columns = [
        "name", "calls", "failed_calls", "runs", "prompt_tokens", "completion_tokens", "cached_tokens", "cost",
        "currency",
    ]

    fileprivate var cells: [String] {
        let numbers = [calls, failedCalls, runs, inputTokens, outputTokens, cachedTokens]
        return [key, name] + numbers.map(String.init) + [currency == nil ? "" : "\(cost)", currency ?? ""]
    }
}

/// Rows as spreadsheets read them.
enum CSVTable {
    static func text(_ head: [String], _ rows: [[String]]) -> String {
        ([head] + rows).map { $0.map(\.csvCell).joined(separator: ",") + "\r\n" }.joined()
    }
}

extension String {
    /// Quoted where it must be. What a spreadsheet would take for a formula gets an apostrophe: names are people's words.
    fileprivate var csvCell: String {
        let isFormula = first.map { "=+-@\t\r".contains($0) } ?? false
        let text = isFormula ? "'" + self : self
        guard text.contains(where: { ",\"".contains($0) || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}

extension Response {
    /// A file to be kept. `name` is ours.
    static func csv(_ text: String, name: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8",
                .contentDisposition: "attachment; filename=\"\(name)\"",
            ],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }
}

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
    /// Quoted unless it is plain. What a spreadsheet could take for a formula gets an apostrophe: names are people's words.
    /// Looked at scalar by scalar, as spreadsheets do: a quotation mark with something on it is one.
    var csvCell: String {
        guard let first = unicodeScalars.first else { return "" }
        func isWord(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) }
        let isPlain = unicodeScalars.allSatisfy { isWord($0) || " ._:/-".unicodeScalars.contains($0) }
        if isPlain, isWord(first) { return self }
        let isFormula =
            "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first) && wholeMatch(of: /-[0-9]+(\.[0-9]+)?/) == nil
        let quoted = unicodeScalars.reduce(into: String.UnicodeScalarView()) { scalars, scalar in
            scalars.append(scalar)
            if scalar == "\"" { scalars.append(scalar) }
        }
        return "\"" + (isFormula ? "'" : "") + String(quoted) + "\""
    }
}

extension Response {
    /// The same for a program.
    static func csv(_ text: String, name: String, context: WebContext) -> Response {
        csv(text, name: name).tagged(EntityTag.of(text), context)
    }

    /// A file to be kept. `name` is ours.
    static func csv(_ text: String, name: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8",
                .contentDisposition: "attachment; filename=\"\(name)\"",
                .cacheControl: "no-store",
            ],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }
}

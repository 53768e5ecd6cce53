import Foundation

/// One server-sent event of a stream; the first may be a place alone.
struct Frame: Equatable {
    let id: String
    /// Empty where there is none.
    let record: String

    /// Comments and `retry:` lines are no events.
    static func all(in stream: String) -> [Frame] {
        stream.components(separatedBy: "\n\n").compactMap { block in
            let lines = block.split(separator: "\n")
            guard let id = lines.first(where: { $0.hasPrefix("id: ") }) else { return nil }
            let data = lines.first { $0.hasPrefix("data: ") }
            return Frame(id: String(id.dropFirst(4)), record: String(data?.dropFirst(6) ?? ""))
        }
    }

    var run: String? { string("run_id") }
    var type: String? { object["type"] as? String }
    subscript(_ field: String) -> Any? { (object["data"] as? [String: Any])?[field] }
    func string(_ field: String) -> String? { (object["data"] as? [String: Any])?[field] as? String }

    private var object: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(record.utf8)) as? [String: Any]) ?? [:]
    }
}

import Foundation

/// One server-sent event of a run's log.
struct Frame: Equatable {
    let id: Int
    let record: String

    /// Comments and `retry:` lines are no events.
    static func all(in stream: String) -> [Frame] {
        stream.components(separatedBy: "\n\n").compactMap { block in
            let lines = block.split(separator: "\n")
            guard let id = lines.first(where: { $0.hasPrefix("id: ") }).flatMap({ Int($0.dropFirst(4)) }),
                let data = lines.first(where: { $0.hasPrefix("data: ") })
            else { return nil }
            return Frame(id: id, record: String(data.dropFirst(6)))
        }
    }

    var type: String? { object["type"] as? String }
    func string(_ field: String) -> String? { (object["data"] as? [String: Any])?[field] as? String }

    private var object: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(record.utf8)) as? [String: Any]) ?? [:]
    }
}

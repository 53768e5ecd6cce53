import Foundation
import Postgres

extension Row {
    /// A list of texts out of a `jsonb` array.
    func texts(_ column: String) throws -> [String] {
        let json: String = try get(column)
        return (try? JSONDecoder().decode([String].self, from: Data(json.utf8))) ?? []
    }
}

extension [String] {
    /// As a JSON array.
    var json: JSONText {
        let data = try? JSONEncoder().encode(self)
        return JSONText(data.map { String(decoding: $0, as: UTF8.self) } ?? "[]")
    }
}

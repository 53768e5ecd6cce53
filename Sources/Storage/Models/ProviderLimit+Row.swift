package import Engine
package import Foundation
import Postgres

extension ProviderLimit {
    /// For an `l` of llmconfigs.
    static let columns: Query =
        "l.rate_limit ->> 'concurrent' as concurrent, l.rate_limit ->> 'per_minute' as per_minute"

    /// nil when nothing limits: what is not a whole number above nought does not.
    init?(_ row: Row) throws {
        func number(_ column: String) throws -> Int? {
            try row.get(column, as: String?.self).flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        }
        self.init(concurrent: try number("concurrent"), perMinute: try number("per_minute"))
        guard self != ProviderLimit() else { return nil }
    }

    /// `rate_limit` as it is stored and shown.
    package var json: String {
        let fields = [concurrent.map { "\"concurrent\":\($0)" }, perMinute.map { "\"per_minute\":\($0)" }]
        return "{" + fields.compactMap { $0 }.joined(separator: ",") + "}"
    }
}

extension Store {
    /// For `rate_limit`. Throws `.invalid("rate_limit")`.
    static func written(_ limit: ProviderLimit?) throws -> Query {
        for number in [limit?.concurrent, limit?.perMinute].compactMap({ $0 }) {
            guard ProviderLimit.range.contains(number) else {
                throw StorageError.invalid("rate_limit", "Whole numbers from 1 to 100000.")
            }
        }
        return "\(limit.map { JSONText($0.json) })::jsonb"
    }
}

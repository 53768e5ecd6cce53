import Engine
import Foundation
import Postgres

/// `models.pricing`: `{"input_tokens":0.03,"output_tokens":0.06,"currency":"USD","per_1k_tokens":true}`; per million
/// tokens where `per_1k_tokens` is not true. `cached_tokens` is the price of input that the provider had cached, `per_minute`
/// that of a minute of sound.
enum Pricing {
    private static let amounts = ["input_tokens", "output_tokens", "cached_tokens", "per_minute"]

    /// The JSON, when all amounts are amounts. A price with a name that means nothing would be none, and no budget would
    /// hold.
    static func check(_ json: String) throws -> String {
        let json = try Checks.object(json, "pricing")
        let fields = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] ?? [:]
        let names = amounts + ["currency", "per_1k_tokens"]
        if let other = fields.keys.sorted().first(where: { !names.contains($0) }) {
            throw StorageError.invalid(
                "pricing",
                "There is no \(other.prefix(40)) in a price, only \(names.joined(separator: ", "))."
            )
        }
        let given = amounts.prefix(2).filter { fields[$0].map { !($0 is NSNull) } ?? false }
        guard given.count != 1 else {
            throw StorageError.invalid("pricing", "A price has both input_tokens and output_tokens; 0 is free.")
        }
        for name in amounts {
            guard let value = fields[name], !(value is NSNull) else { continue }
            guard let number = value as? Double, number >= 0, number <= 1_000_000 else {
                throw StorageError.invalid("pricing", "\(name) must be a number from 0 on.")
            }
        }
        if let currency = fields["currency"] {
            guard let text = currency as? String, (1...10).contains(text.count) else {
                throw StorageError.invalid("pricing", "currency must be a code such as USD.")
            }
        }
        return json
    }

    /// For an `m` of models; the amounts as text, so that no cent gets lost on the way.
    static let columns: Query = """
        m.pricing ->> 'input_tokens' as input_price, m.pricing ->> 'output_tokens' as output_price,
        m.pricing ->> 'cached_tokens' as cached_price, m.pricing ->> 'currency' as currency,
        m.pricing ->> 'per_1k_tokens' = 'true' as is_per_thousand, m.pricing ->> 'per_minute' as minute_price
        """

    /// nil when the model has no price.
    static func price(_ row: Row) throws -> ModelCandidate.Price? {
        let scale: Decimal = try row.get("is_per_thousand", as: Bool?.self) == true ? 1000 : 1
        func amount(_ column: String) throws -> Decimal? {
            try row.get(column, as: String?.self).flatMap { Decimal(string: $0) }.map { $0 * scale }
        }
        let perMinute = try row.get("minute_price", as: String?.self).flatMap { Decimal(string: $0) }
        guard let input = try amount("input_price") ?? perMinute.map({ _ in 0 }),
            let output = try amount("output_price") ?? perMinute.map({ _ in 0 })
        else { return nil }
        return ModelCandidate.Price(
            input: input,
            output: output,
            cached: try amount("cached_price"),
            perMinute: perMinute,
            currency: try row.get("currency") ?? "USD"
        )
    }
}

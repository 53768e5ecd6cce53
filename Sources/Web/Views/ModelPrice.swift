import Foundation

/// What a model costs: money per million tokens.
struct ModelPrice: Sendable, Equatable {
    static let currencies = ["USD", "CNY", "EUR", "GBP"]

    var input: Decimal
    var output: Decimal
    /// Of input that the provider had cached; nil is the input's.
    var cached: Decimal?
    /// Of sound, for a model that writes it down.
    var perMinute: Decimal?
    var currency: String

    init(
        input: Decimal,
        output: Decimal,
        cached: Decimal? = nil,
        perMinute: Decimal? = nil,
        currency: String
    ) {
        self.input = input
        self.output = output
        self.cached = cached
        self.perMinute = perMinute
        self.currency = currency
    }

    /// Reads `models.pricing`, which counts by the million unless it says that it counts by the thousand.
    init?(json: String?) {
        guard let json, let stored = try? JSONDecoder().decode(Stored.self, from: Data(json.utf8)),
            let input = stored.input ?? stored.perMinute.map({ _ in 0 }),
            let output = stored.output ?? stored.perMinute.map({ _ in 0 })
        else { return nil }
        let factor: Decimal = stored.isByThousand == true ? 1000 : 1
        self.init(
            input: input * factor,
            output: output * factor,
            cached: stored.cached.map { $0 * factor },
            perMinute: stored.perMinute,
            currency: stored.currency ?? "USD"
        )
    }

    /// Those that forms offer, and the one that a price has already: programs may set any code.
    static func currencies(with own: String) -> [String] {
        own.isEmpty || currencies.contains(own) ? currencies : [own] + currencies
    }

    /// Whether a price may be in it; the store's rule.
    static func isCurrency(_ code: String) -> Bool { (1...10).contains(code.count) }

    /// As it is stored.
    var json: String {
        JSONObject {
            $0.raw("input_tokens", "\(input)")
            $0.raw("output_tokens", "\(output)")
            $0.raw("cached_tokens", cached.map { "\($0)" })
            $0.raw("per_minute", perMinute.map { "\($0)" })
            $0.set("currency", currency)
            $0.set("per_1k_tokens", false)
        }.text
    }

    private struct Stored: Decodable {
        var input: Decimal?
        var output: Decimal?
        var cached: Decimal?
        var perMinute: Decimal?
        var currency: String?
        var isByThousand: Bool?

        private enum CodingKeys: String, CodingKey {
            case input = "input_tokens"
            case output = "output_tokens"
            case cached = "cached_tokens"
            case perMinute = "per_minute"
            case currency
            case isByThousand = "per_1k_tokens"
        }
    }
}

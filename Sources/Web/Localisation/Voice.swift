import Foundation

/// Speaks to one reader: in their language, with the time of their place, with our icons.
struct Voice: Sendable {
    let words: Words
    let icons: Icons
    let zone: TimeZone
    let now: Date

    init(words: Words, icons: Icons, zone: TimeZone = .gmt, now: Date = Date()) {
        self.words = words
        self.icons = icons
        self.zone = zone
        self.now = now
    }

    /// Milliseconds below a second, then seconds, then minutes and seconds.
    func duration(_ seconds: Double) -> String {
        if seconds < 1 { return words("quantity.milliseconds", ["n": String(Int((seconds * 1000).rounded()))]) }
        if seconds < 10 { return words("quantity.seconds", ["n": rounded(seconds, to: 1)]) }
        let whole = Int(seconds.rounded())
        if whole < 100 { return words("quantity.seconds", ["n": String(whole)]) }
        return words("quantity.minutes", ["m": String(whole / 60), "s": String(whole % 60)])
    }

    /// Three decimals below one unit of currency, two elsewhere and of nothing.
    func money(_ amount: Decimal, currency: String) -> String {
        sign(currency) + decimal(amount, to: amount < 1 && amount != 0 ? 3 : 2)
    }

    /// Sums in several currencies, one after the other; nil when there is none.
    func money(_ costs: [String: Decimal]) -> String? {
        let parts = costs.sorted { $0.key < $1.key }.map { money($0.value, currency: $0.key) }
        return parts.isEmpty ? nil : parts.joined(separator: " + ")
    }

    /// `price` as money with as many decimals as it needs, two at least.
    func price(_ price: Decimal, currency: String) -> String {
        sign(currency) + decimal(price, to: price < 1 ? 3 : 2).trimmingThirdZero
    }

    /// A round amount with no more decimals than it has.
    func round(_ amount: Decimal, currency: String) -> String {
        let places = max(0, -amount.exponent)
        let text = decimal(amount, to: places)
        return sign(currency) + (places == 0 ? String(text.dropLast()) : text)
    }

    /// 900, 41.2k, 1.3M, 2.4B.
    func tokens(_ number: Int) -> String {
        if number < 10_000 { return number.grouped }
        if number < 1_000_000 { return trimmed(Double(number) / 1000) + "k" }
        if number < 1_000_000_000 { return trimmed(Double(number) / 1_000_000) + "M" }
        return trimmed(Double(number) / 1_000_000_000) + "B"
    }

    private func sign(_ currency: String) -> String {
        ["USD": "$", "CNY": "¥", "EUR": "€", "GBP": "£"][currency] ?? currency + " "
    }

    private func trimmed(_ number: Double) -> String {
        let text = rounded(number, to: 1)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private func rounded(_ number: Double, to places: Int) -> String { decimal(Decimal(number), to: places) }

    private func decimal(_ number: Decimal, to places: Int) -> String {
        var (value, result) = (number, Decimal())
        NSDecimalRound(&result, &value, places, .plain)
        let parts = "\(result)".split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        let whole = Int(parts[0]).map(\.grouped) ?? String(parts[0])
        return whole + "." + fraction + String(repeating: "0", count: max(0, places - fraction.count))
    }
}

extension String {
    /// A price of `0.200` reads `0.20`.
    fileprivate var trimmingThirdZero: String {
        guard let dot = lastIndex(of: "."), distance(from: dot, to: endIndex) == 4, hasSuffix("0") else { return self }
        return String(dropLast())
    }
}

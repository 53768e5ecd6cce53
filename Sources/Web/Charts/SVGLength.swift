import Foundation

/// Lengths of what is drawn, as SVG writes them.
enum SVGLength {
    /// `part` of `whole` as `43.2%`, never more than all of it.
    static func percent(_ part: Decimal, of whole: Decimal) -> String {
        guard whole > 0, part > 0 else { return "0%" }
        var (exact, rounded) = (min(part / whole, 1) * 100, Decimal())
        NSDecimalRound(&rounded, &exact, 2, .plain)
        return "\(rounded)%"
    }

    static func percent(_ number: Double) -> String { pixels(number) + "%" }

    /// To a hundredth.
    static func pixels(_ number: Double) -> String {
        let hundredths = Int((number * 100).rounded())
        guard hundredths % 100 != 0 else { return String(hundredths / 100) }
        let (whole, rest) = (abs(hundredths) / 100, abs(hundredths) % 100)
        let digits = (rest < 10 ? "0" : "") + String(rest)
        return (hundredths < 0 ? "-" : "") + "\(whole)." + (digits.hasSuffix("0") ? String(digits.prefix(1)) : digits)
    }
}

/// The languages of the pages. The raw value is the BCP 47 tag in `lang`, in `users.language` and in the cookie.
package enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case chinese = "zh-CN"

    /// The language behind any tag that begins with `zh` or `en`; nil for others.
    package init?(tag: some StringProtocol) {
        let primary = tag.prefix { $0 != "-" && $0 != "_" }.lowercased()
        switch primary {
        case "zh": self = .chinese
        case "en": self = .english
        default: return nil
        }
    }

    /// The first language of an `Accept-Language` header that we have, by its weights; nil when there is none.
    package init?(acceptLanguage header: String) {
        let ranked = header.split(separator: ",").prefix(20).enumerated().compactMap { index, part in
            let pieces = part.split(separator: ";")
            let tag = pieces.first?.trimmingPrefix { $0 == " " } ?? ""
            let weight = pieces.dropFirst().compactMap { piece -> Double? in
                let text = piece.trimmingPrefix { $0 == " " }
                return text.hasPrefix("q=") ? Double(text.dropFirst(2)) : nil
            }
            return Language(tag: tag).map { (language: $0, weight: weight.first ?? 1, index: index) }
        }
        let wanted = ranked.filter { $0.weight > 0 }
        guard let best = wanted.max(by: { ($0.weight, -$0.index) < ($1.weight, -$1.index) }) else { return nil }
        self = best.language
    }
}

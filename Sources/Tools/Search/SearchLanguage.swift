/// The language that results are wanted in, as each service calls it.
struct SearchLanguage: Sendable, Equatable {
    private let language: String
    private let region: String?

    /// As models write it: `de`, `zh-TW`. nil for what is no such thing.
    init?(_ text: String) {
        let parts = text.split(whereSeparator: { "-_".contains($0) }).map(String.init)
        guard (1...2).contains(parts.count), parts.allSatisfy({ $0.utf8.count == 2 }) else { return nil }
        language = parts[0].lowercased()
        region = parts.count == 2 ? parts[1].uppercased() : nil
    }

    /// As SearXNG has it, and most others.
    var tag: String { region.map { "\(language)-\($0)" } ?? language }

    /// nil for a language that Brave does not know: it refuses whole questions then.
    var brave: String? {
        let name =
            switch (language, region) {
            case ("zh", "TW"), ("zh", "HK"), ("zh", "MO"): "zh-hant"
            case ("zh", _): "zh-hans"
            case ("ja", _): "jp"
            case ("no", _): "nb"
            case ("pt", "BR"): "pt-br"
            case ("pt", _): "pt-pt"
            case ("en", "GB"): "en-gb"
            default: language
            }
        return Self.ofBrave.contains(name) ? name : nil
    }

    /// DuckDuckGo knows countries, each with its language: the one that is named, or where most speak it.
    var duckDuckGo: String {
        let country = region?.lowercased() ?? Self.homes[language] ?? language
        switch (language, country) {
        case ("zh", "tw"), ("zh", "hk"): return "\(country)-tzh"
        case ("en", "gb"): return "uk-en"
        case ("ja", _): return "jp-jp"
        case ("ko", _): return "kr-kr"
        default: return "\(country)-\(language)"
        }
    }

    private static let ofBrave: Set<String> = [
        "ar", "bg", "bn", "ca", "cs", "da", "de", "en", "en-gb", "es", "et", "eu", "fi", "fr", "gl", "gu", "he", "hi",
        "hr",
        "hu", "is", "it", "jp", "kn", "ko", "lt", "lv", "ml", "mr", "ms", "nb", "nl", "pa", "pl", "pt-br", "pt-pt",
        "ro",
        "ru", "sk", "sl", "sr", "sv", "ta", "te", "th", "tr", "uk", "vi", "zh-hans", "zh-hant",
    ]

    private static let homes = [
        "ar": "xa", "ca": "ct", "cs": "cz", "da": "dk", "el": "gr", "en": "us", "et": "ee", "he": "il", "ms": "my",
        "sv": "se", "uk": "ua", "vi": "vn", "zh": "cn",
    ]
}

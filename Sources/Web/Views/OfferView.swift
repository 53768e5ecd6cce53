import Engine

/// A provider that one click adds: found on this machine, or the built-in one.
struct OfferView: Sendable {
    let value: String
    let icon: String
    let name: String
    let facts: String
    let isFirst: Bool
    let isBuiltin: Bool

    init(_ offer: DiscoveredProvider, isFirst: Bool, voice: Voice) {
        let words = voice.words
        value = OfferView.value(of: offer)
        isBuiltin = offer.kind == .builtin
        name = isBuiltin ? words["kind.builtinName"] : offer.name
        icon = voice.icons(isBuiltin ? "play" : offer.keyVariable == nil ? "plug" : "key")
        self.isFirst = isFirst
        if isBuiltin {
            facts = words["providers.offerBuiltin"]
        } else if let variable = offer.keyVariable {
            facts = words("providers.offerKey", ["variable": variable])
        } else {
            facts = offer.baseURL + " · " + words.count("providers.offerModels", offer.models.count)
        }
    }

    /// What the form sends back to say which one is meant.
    static func value(of offer: DiscoveredProvider) -> String {
        [offer.kind.rawValue, offer.keyVariable ?? "", offer.baseURL].joined(separator: " ")
    }
}

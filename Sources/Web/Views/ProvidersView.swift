/// All providers with their models, what could be added with one click, and which model answers.
struct ProvidersView: View {
    static let template = "providers"

    let page: Frame
    let offersTitle: String
    let offers: [OfferView]
    let hasOffers: Bool
    let providers: [ProviderRow]
    let hasProviders: Bool
    let order: ModelOrder?

    init(page: Frame, offers: [OfferView], providers: [ProviderRow], order: ModelOrder?, voice: Voice) {
        self.page = page
        self.offers = offers
        self.providers = providers
        self.order = order
        hasOffers = !offers.isEmpty
        hasProviders = !providers.isEmpty
        let isOnlyBuiltin = offers.allSatisfy(\.isBuiltin)
        offersTitle = voice.words[isOnlyBuiltin ? "providers.tryOut" : "providers.found"]
    }
}

/// The default model and its fallbacks, as a form.
struct ModelOrder: Sendable {
    static let fallbackCount = 3

    let defaultModel: Select
    let fallbacks: [Select]

    /// `fallbacks` are the chosen ones in order; nil when there is no model to choose.
    init?(models: [(id: String, name: String)], default chosen: String?, fallbacks: [String], voice: Voice) {
        guard !models.isEmpty else { return nil }
        let words = voice.words
        defaultModel = Select(
            "default",
            label: words["providers.default"],
            options: models.map { Option(value: $0.id, label: $0.name, isChosen: $0.id == chosen) }
        )
        self.fallbacks = (0..<min(ModelOrder.fallbackCount, models.count - 1)).map { index in
            let current = index < fallbacks.count ? fallbacks[index] : ""
            let options = [(id: "", name: words["providers.noFallback"])] + models
            return Select(
                "fallback\(index + 1)",
                label: words("providers.fallback", ["n": String(index + 1)]),
                options: options.map { Option(value: $0.id, label: $0.name, isChosen: $0.id == current) }
            )
        }
    }
}

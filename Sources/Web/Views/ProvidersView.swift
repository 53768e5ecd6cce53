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
    /// What models do besides answering.
    let purposes: [Select]

    /// Something that models do besides answering: those that can, and the one that was chosen, without an id when it is not
    /// there any more.
    struct Purpose: Sendable {
        var name: String
        var models: [(id: String, name: String)]
        var chosen: (id: String?, name: String)?
    }

    /// `fallbacks` are the chosen ones in order; nil when there is no model to choose.
    init?(
        models: [(id: String, name: String)],
        default chosen: String?,
        fallbacks: [String],
        purposes: [Purpose] = [],
        errors: FormErrors = FormErrors(),
        voice: Voice
    ) {
        guard !models.isEmpty else { return nil }
        let words = voice.words
        defaultModel = Select(
            "default",
            label: words["providers.default"],
            options: models.map { Option(value: $0.id, label: $0.name, isChosen: $0.id == chosen) },
            error: errors["default"]
        )
        self.purposes = purposes.filter { !$0.models.isEmpty || $0.chosen != nil }.map { purpose in
            let options = [(id: "", name: words["providers.usual.\(purpose.name)"])] + purpose.models
            let gone = purpose.chosen.flatMap { $0.id == nil ? $0.name : nil }
            return Select(
                purpose.name,
                label: words["providers.purpose.\(purpose.name)"],
                options: options.map {
                    Option(value: $0.id, label: $0.name, isChosen: $0.id == purpose.chosen?.id ?? "")
                },
                error: errors[purpose.name] ?? gone.map { words("providers.gone", ["name": $0]) }
            )
        }
        self.fallbacks = (0..<min(ModelOrder.fallbackCount, models.count - 1)).map { index in
            let current = index < fallbacks.count ? fallbacks[index] : ""
            let options = [(id: "", name: words["providers.noFallback"])] + models
            return Select(
                "fallback\(index + 1)",
                label: words("providers.fallback", ["n": String(index + 1)]),
                options: options.map { Option(value: $0.id, label: $0.name, isChosen: $0.id == current) },
                error: errors["fallback\(index + 1)"]
            )
        }
    }
}

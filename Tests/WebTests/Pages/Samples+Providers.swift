import Engine
import Foundation

@testable import Web

extension Samples {
    var providerPages: [(name: String, view: any View)] {
        let draft = ProviderForm.Draft(
            kind: .openai,
            name: "Reserve",
            baseURL: "htps://llm.reserve.example/v1",
            isNew: true
        )
        var kept = ProviderForm.Draft(
            kind: .custom,
            name: Samples.hostile,
            baseURL: "https://llm.example/v1",
            isNew: false
        )
        kept.keyHint = "7f2c"
        var errors = FormErrors()
        errors.add("base_url", voice.words["provider.baseURLWrong"])
        errors.add("api_key", voice.words["provider.keyNeeded"])
        return [
            ("providers", providers),
            (
                "providers-empty",
                ProvidersView(
                    page: frame(voice.words["providers.title"], .providers),
                    offers: [],
                    providers: [],
                    order: nil,
                    voice: voice
                )
            ),
            (
                "provider-new",
                ProviderNewView(
                    page: frame(voice.words["providers.add"], .providers),
                    chosen: .openai,
                    form: ProviderForm(draft, errors: errors, voice: voice),
                    voice: voice
                )
            ),
            (
                "provider",
                ProviderView(
                    page: frame("Atlas", .providers),
                    id: id(20),
                    title: "Atlas",
                    kind: .custom,
                    state: StateView(.passed, isActive: true, voice: voice),
                    form: ProviderForm(kept, voice: voice),
                    voice: voice
                )
            ),
            ("provider-models", models()),
            ("provider-models-failed", models(.init(code: "tls", message: "TLS"))),
            ("model", model),
        ]
    }

    private var providers: ProvidersView {
        func row(_ number: UInt8, _ name: String, _ kind: ProviderKind, _ url: String, _ test: ProviderTest)
            -> ProviderRow
        {
            ProviderRow(
                .init(
                    id: id(number),
                    name: name,
                    kind: kind,
                    baseURL: url,
                    isActive: number != 24,
                    test: test,
                    trouble: number == 22 ? .init(since: ago(4), nextTry: ago(-1)) : nil,
                    latency: number == 20 ? 142 : nil,
                    isOpen: number == 20
                ),
                models: number == 20 ? modelRows : [],
                voice: voice
            )
        }
        return ProvidersView(
            page: frame(voice.words["providers.title"], .providers),
            offers: [
                DiscoveredProvider(
                    kind: .ollama,
                    name: "Ollama",
                    baseURL: "http://127.0.0.1:11434/v1",
                    models: ["gemma3"]
                ),
                DiscoveredProvider(
                    kind: .openai,
                    name: "OpenAI",
                    baseURL: "https://api.openai.com/v1",
                    keyVariable: "OPENAI_API_KEY"
                ),
                DiscoveredProvider(kind: .builtin, name: "Rehearsal", baseURL: "builtin:"),
            ].enumerated().map { OfferView($1, isFirst: $0 == 0, voice: voice) },
            providers: [
                row(20, "Atlas", .custom, "https://api.atlas.example/v1", .passed),
                row(
                    21,
                    "North",
                    .anthropic,
                    "https://api.north.example",
                    .failed(code: "unauthorized", message: "401")
                ),
                row(22, text("Rehearsal", "排练"), .builtin, "builtin:", .passed),
                row(23, "Spare", .custom, "https://llm.spare.example/v1", .none),
                row(24, "Old", .azure, "https://old.example/openai/v1", .none),
            ],
            order: ModelOrder(
                models: [("1", "atlas-large"), ("2", "atlas-mini"), ("3", "quarry-32b")],
                default: "1",
                fallbacks: ["2"],
                purposes: [
                    .init(name: "writing", models: [("2", "atlas-mini")], chosen: ("2", "atlas-mini")),
                    .init(name: "transcription", models: [], chosen: (nil, Samples.hostile)),
                ],
                voice: voice
            ),
            voice: voice
        )
    }

    private var modelRows: [ModelRow] {
        let price = ModelPrice(
            json: #"{"input_tokens":0.0025,"output_tokens":0.01,"currency":"USD","per_1k_tokens":true}"#
        )
        return [
            ModelRow(
                .init(
                    id: id(30),
                    name: "atlas-large",
                    displayName: "Atlas large",
                    contextWindow: 200_000,
                    price: price,
                    isActive: true,
                    isDefault: true
                ),
                voice: voice
            ),
            ModelRow(
                .init(
                    id: id(31),
                    name: "atlas-mini",
                    displayName: "atlas-mini",
                    contextWindow: nil,
                    price: nil,
                    isActive: true,
                    isDefault: false,
                    fallbackRank: 1
                ),
                voice: voice
            ),
        ]
    }

    private func models(_ failure: ProbeResult.Failure? = nil) -> ProviderModelsView {
        var errors = FormErrors()
        errors.add("name", voice.words["models.nameEmpty"])
        return ProviderModelsView(
            page: frame(voice.words["models.choose"], .providers),
            id: id(20),
            provider: "Atlas",
            probe: ProbeResult(
                latency: 142,
                models: failure == nil ? ["atlas-embed", "atlas-large", "atlas-mini"] : [],
                failure: failure
            ),
            kept: ["atlas-large"],
            errors: errors,
            voice: voice
        )
    }

    private var model: ModelView {
        var errors = FormErrors()
        errors.add("input_price", voice.words["models.priceWrong"])
        return ModelView(
            page: frame("Atlas large", .providers),
            id: id(30),
            name: "atlas-large",
            draft: .init(
                displayName: "Atlas large",
                contextWindow: "200000",
                maximumTokens: "",
                inputPrice: "much",
                outputPrice: "10",
                cachedPrice: "0.2",
                minutePrice: "0.006",
                currency: "USD",
                supportsVision: true,
                isActive: true
            ),
            errors: errors,
            voice: voice
        )
    }
}

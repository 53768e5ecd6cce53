import Engine
import Foundation
import Hummingbird
import Storage

/// The providers: how they do, what could be added with one click, which model answers.
struct ProviderListPage: Sendable {
    /// Up to so many models of a local server are taken at once; of more, the person chooses.
    static let fewModels = 8

    let desk: Desk

    func show(_ request: Request, context: WebContext) async throws -> Response {
        try await page(request, context: context)
    }

    /// `input`: what was chosen, when it could not be taken.
    func page(_ request: Request, context: WebContext, input: ModelOrderInput? = nil) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        async let found = desk.store.providers(by: identity.principal)
        async let discovered = discovered(for: identity)
        let providers = try await found
        let models = providers.flatMap(\.models)
        let offers = Self.offers(await discovered, besides: providers)
        let open = request.query("open")
        let order = Self.order(
            models.filter(\.isActive),
            chosen: try await desk.store.defaultModels(by: identity.principal),
            input: input,
            voice: voice
        )
        guard input == nil || order != nil else { throw WebError.notFound }
        let view = ProvidersView(
            page: desk.frame(
                voice.words["providers.title"],
                .providers,
                request: request,
                context: context,
                voice: voice
            ),
            offers: offers.enumerated().map { OfferView($1, isFirst: $0 == 0 && providers.isEmpty, voice: voice) },
            providers: providers.map { provider in
                let isOpen = provider.id.text == open || (open.isEmpty && providers.count == 1)
                let latency = provider.id.text == open ? Int(request.query("latency")) : nil
                return ProviderRow(
                    .init(
                        provider,
                        trouble: desk.services.providerTrouble(provider.id),
                        latency: latency,
                        isOpen: isOpen
                    ),
                    models: provider.models.map { ModelRow(.init($0), voice: voice) },
                    voice: voice
                )
            },
            order: order,
            voice: voice
        )
        return try desk.page(view, context: context, status: input == nil ? .ok : .unprocessableContent)
    }

    /// Adds one of what is offered, tests it, and takes its models when they are few.
    func accept(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let wanted = try await request.decodeForm()["offer"]
        async let found = desk.store.providers(by: identity.principal)
        let discovered = await discovered(for: identity)
        let offer = Self.offers(discovered, besides: try await found).first { OfferView.value(of: $0) == wanted }
        guard let offer else { throw WebError(.conflict, voice.words["providers.offerGone"]) }
        let provider = try await desk.store.createProvider(
            kind: offer.kind,
            name: offer.kind == .builtin ? voice.words["kind.builtinName"] : offer.name,
            baseURL: offer.baseURL,
            apiKey: offer.keyVariable.flatMap { desk.services.settings.environmentKeys[$0] },
            organization: nil,
            by: identity.principal,
            address: context.remoteAddress
        )
        return try await ProviderAddition(desk: desk, identity: identity, address: context.remoteAddress)
            .finish(provider, takingUpTo: Self.fewModels)
    }

    /// What stands on this machine, and the keys in its environment, are the operator's.
    private func discovered(for identity: Identity) async -> [DiscoveredProvider] {
        identity.principal.isSuperuser ? await desk.services.models.discover() : []
    }

    /// What was found, and the built-in provider, without those that are there already.
    private static func offers(_ discovered: [DiscoveredProvider], besides providers: [Provider])
        -> [DiscoveredProvider]
    {
        let builtin = DiscoveredProvider(kind: .builtin, name: "", baseURL: "builtin:")
        let all = discovered.filter { $0.kind != .builtin } + [builtin]
        return all.filter { offer in
            !providers.contains { $0.provider == offer.kind && $0.apiBaseURL == offer.baseURL }
        }
    }

    private static func order(
        _ all: [ModelRecord],
        chosen: [DefaultModel],
        input: ModelOrderInput?,
        voice: Voice
    ) -> ModelOrder? {
        let models = all.filter(\.isForConversations)
        let fallbacks = models.filter { $0.fallbackRank != nil }.sorted {
            ($0.fallbackRank ?? 0) < ($1.fallbackRank ?? 0)
        }
        return ModelOrder(
            models: models.map { (id: $0.id.text, name: $0.displayName) },
            default: input?.chat ?? models.first(where: \.isDefault)?.id.text,
            fallbacks: input?.fallbacks ?? fallbacks.map(\.id.text),
            purposes: ModelPurpose.allCases.map { purpose in
                ModelOrder.Purpose(
                    name: purpose.rawValue,
                    models: all.filter { purpose.types.contains($0.modelType) }.map {
                        (id: $0.id.text, name: $0.displayName)
                    },
                    chosen: input?.purposes[purpose].map { (id: $0, name: "") }
                        ?? chosen.first { $0.purpose == purpose }.map { (id: $0.modelID?.text, name: $0.name) }
                )
            },
            errors: input?.errors ?? FormErrors(),
            voice: voice
        )
    }
}

extension ProviderRow.Facts {
    init(_ provider: Provider, trouble: ProviderHealth.Trouble?, latency: Int?, isOpen: Bool) {
        self.init(
            id: provider.id,
            name: provider.providerName,
            kind: provider.provider,
            baseURL: provider.apiBaseURL,
            isActive: provider.isActive,
            test: provider.test,
            trouble: trouble,
            latency: latency,
            isOpen: isOpen
        )
    }
}

extension Provider {
    /// What its last test found.
    var test: ProviderTest {
        switch testStatus {
        case "success": .passed
        case "failed": .failed(code: testCode, message: testMessage ?? "")
        default: .none
        }
    }
}

extension ModelRow.Facts {
    init(_ model: ModelRecord) {
        self.init(
            id: model.id,
            name: model.name,
            displayName: model.displayName,
            contextWindow: model.contextWindow,
            price: ModelPrice(json: model.pricing),
            isActive: model.isActive,
            isDefault: model.isDefault,
            fallbackRank: model.fallbackRank
        )
    }
}

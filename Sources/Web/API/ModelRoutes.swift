import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/models`: the models that agents may use, their prices, the default and its fallbacks.
struct ModelRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/models",
            .models,
            "Lists models",
            query: [Self.llm.field, Self.isActive.field],
            replies: [.list(.model)],
            use: list
        )
        Endpoint(
            .post,
            "/v1/models",
            .models,
            "Adds a model of a provider",
            body: .json(
                NewModel.self,
                [
                    "name": .length(1...100), "display_name": .length(1...100),
                    "context_window": .range(1...2_147_483_647), "max_tokens": .range(1...2_147_483_647),
                    "supports_vision": .about("By its name when left out."),
                    "pricing": .about(
                        "As `input_tokens`, `output_tokens`, `per_minute` of sound, `currency`, `per_1k_tokens`."
                    ),
                ]
            ),
            replies: [.object(.model, .created)],
            errors: [.conflict],
            use: create
        )
        Endpoint(
            .put,
            "/v1/models/default",
            .models,
            "Says which model is used when none is named",
            body: .json(DefaultModel.self),
            use: setDefault
        )
        Endpoint(
            .get,
            "/v1/models/defaults",
            .models,
            "Shows which models do what nobody chooses one for",
            about: "Null: as usual. `gone` names those that were chosen and are deleted or switched off.",
            replies: [.object(.defaultModels)],
            use: defaults
        )
        Endpoint(
            .patch,
            "/v1/models/defaults",
            .models,
            "Says which models do what nobody chooses one for",
            about:
                "`chat` answers, `writing` gives conversations titles and summaries, `transcription` writes recordings down. What is left out stays. Null leaves `writing` and `transcription` to the usual one; `chat` is always a model. All of it is taken, or nothing.",
            body: .json(Defaults.self, ["chat": .schema(.uuid, isNullable: false)]),
            replies: [.object(.defaultModels)],
            use: setDefaults
        )
        Endpoint(
            .put,
            "/v1/models/fallbacks",
            .models,
            "Says which models stand in, in their order",
            body: .json(Fallbacks.self),
            use: setFallbacks
        )
        Endpoint(.get, "/v1/models/{id}", .models, "Shows a model", replies: [.object(.model)], use: show)
        Endpoint(
            .patch,
            "/v1/models/{id}",
            .models,
            "Changes a model",
            about: "What is left out stays; null clears.",
            body: .json(
                ModelChange.self,
                [
                    "display_name": .length(1...100), "context_window": .range(1...2_147_483_647),
                    "max_tokens": .range(1...2_147_483_647),
                ]
            ),
            replies: [.object(.model)],
            use: update
        )
        Endpoint(.delete, "/v1/models/{id}", .models, "Removes a model", use: delete)
    }

    private static let llm = QueryParameter<UUID>.identifier("llm_id", "Only those of this provider.")
    private static let isActive = QueryParameter<Bool>.flag("is_active", "Only those that are in use, or that are not.")

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let models = try await services.store.models(
            llmID: context.query(Self.llm, of: request),
            isActive: context.query(Self.isActive, of: request),
            by: identity.principal
        )
        return Envelope.list(models.map(\.representation), context: context)
    }

    func defaults(_ request: Request, context: WebContext) async throws -> Response {
        let principal = try context.signedIn().principal
        let chosen = try await services.store.defaultModels(by: principal)
        let models = try await services.store.models(llmID: nil, isActive: nil, by: principal)
        let answer = JSONObject {
            $0.set("chat", models.first(where: \.isDefault)?.id)
            for purpose in ModelPurpose.allCases {
                $0.set(purpose.rawValue, chosen.first { $0.purpose == purpose }?.modelID)
            }
            $0.set(
                "gone",
                chosen.filter { $0.modelID == nil }.map { model in
                    JSONObject {
                        $0.set("purpose", model.purpose.rawValue)
                        $0.set("name", model.name)
                    }
                }
            )
        }
        return Envelope.success(answer, context: context)
    }

    struct Defaults: Decodable, Sendable {
        @Change var chat: UUID??
        @Change var writing: UUID??
        @Change var transcription: UUID??
    }

    func setDefaults(_ input: Defaults, _ request: Request, context: WebContext) async throws -> Response {
        if case .some(.none) = input.chat {
            throw WebError.invalid("chat", "This field may not be null.")
        }
        var choice = ModelChoice(chat: input.chat ?? nil)
        if let writing = input.writing { choice.purposes.updateValue(writing, forKey: .writing) }
        if let listening = input.transcription { choice.purposes.updateValue(listening, forKey: .transcription) }
        try await choose(choice, context)
        return try await defaults(request, context: context)
    }

    struct NewModel: Decodable, Sendable {
        var llmId: UUID
        var name: String
        var displayName: String?
        /// By its name when left out.
        var modelType: String?
        var contextWindow: Int?
        var maxTokens: Int?
        /// By its name when left out.
        var supportsVision: Bool?
        var pricing: OwnObject?
    }

    func create(_ input: NewModel, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let model = try await services.store.createModel(
            llmID: input.llmId,
            name: input.name,
            displayName: input.displayName ?? input.name,
            modelType: input.modelType,
            contextWindow: input.contextWindow,
            maxTokens: input.maxTokens,
            pricing: input.pricing?.text,
            supportsVision: input.supportsVision,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard let model else { throw WebError.invalid("llm_id", "There is no such provider.") }
        return Envelope.success(model.representation, status: .created, context: context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard let model = try await services.store.model(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        return Envelope.success(model.representation, context: context)
    }

    struct ModelChange: Decodable, Sendable {
        var displayName: String?
        @Change var contextWindow: Int??
        @Change var maxTokens: Int??
        var supportsVision: Bool?
        var isActive: Bool?
        @Change var pricing: OwnObject??
    }

    func update(_ input: ModelChange, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let model = try await services.store.updateModel(
            context.identifier("id"),
            displayName: input.displayName,
            contextWindow: input.contextWindow,
            maxTokens: input.maxTokens,
            pricing: input.pricing.map { $0?.text },
            supportsVision: input.supportsVision,
            isActive: input.isActive,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard let model else { throw WebError.notFound }
        return Envelope.success(model.representation, context: context)
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let isDeleted = try await services.store.deleteModel(
            context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isDeleted else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }

    struct DefaultModel: Decodable, Sendable { var modelId: UUID }

    func setDefault(_ input: DefaultModel, _ request: Request, context: WebContext) async throws -> Response {
        do {
            try await choose(ModelChoice(chat: input.modelId), context)
        } catch let error as StorageError where error.code == .invalid("chat") {
            throw WebError.invalid("model_id", error.message)
        }
        return Envelope.noContent(context: context)
    }

    struct Fallbacks: Decodable, Sendable { var modelIds: [UUID] }

    func setFallbacks(_ input: Fallbacks, _ request: Request, context: WebContext) async throws -> Response {
        try await choose(ModelChoice(fallbacks: input.modelIds), context)
        return Envelope.noContent(context: context)
    }

    private func choose(_ choice: ModelChoice, _ context: WebContext) async throws {
        let principal = try context.signedIn().principal
        try await services.store.choose(choice, by: principal, address: context.remoteAddress)
    }
}

extension Schema {
    fileprivate static let defaultModels = object(
        "DefaultModels",
        [
            .uuid("chat").orNull, .uuid("writing").orNull, .uuid("transcription").orNull,
            .list("gone", of: .object(nil, [.field("purpose", .choice(ModelPurpose.self)), .text("name")])),
        ]
    )
}

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
            .put,
            "/v1/models/fallbacks",
            .models,
            "Says which models stand in, in their order",
            body: .json(Fallbacks.self),
            use: setFallbacks
        )
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
            by: identity.principal
        )
        guard let model else { throw WebError.invalid("llm_id", "There is no such provider.") }
        return Envelope.success(model.representation, status: .created, context: context)
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
        let id = try context.identifier("id")
        let model = try await services.store.updateModel(
            id,
            displayName: input.displayName,
            contextWindow: input.contextWindow,
            maxTokens: input.maxTokens,
            pricing: input.pricing.map { $0?.text },
            supportsVision: input.supportsVision,
            isActive: input.isActive,
            by: identity.principal
        )
        guard let model else { throw WebError.notFound }
        return Envelope.success(model.representation, context: context)
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard try await services.store.deleteModel(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        return Envelope.noContent(context: context)
    }

    struct DefaultModel: Decodable, Sendable { var modelId: UUID }

    func setDefault(_ input: DefaultModel, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard try await services.store.setDefaultModel(input.modelId, by: identity.principal) else {
            throw WebError.invalid("model_id", "There is no such model.")
        }
        return Envelope.noContent(context: context)
    }

    struct Fallbacks: Decodable, Sendable { var modelIds: [UUID] }

    func setFallbacks(_ input: Fallbacks, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        try await services.store.setFallbacks(input.modelIds, by: identity.principal)
        return Envelope.noContent(context: context)
    }
}

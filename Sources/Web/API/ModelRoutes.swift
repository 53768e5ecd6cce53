import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/models`: the models that agents may use, their prices, the default and its fallbacks.
struct ModelRoutes: Sendable {
    let services: WebServices

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let query = QueryReader(request)
        let models = try await services.store.models(
            llmID: query.identifier("llm_id"),
            isActive: query.flag("is_active"),
            by: identity.principal
        )
        return Envelope.list(models.map(\.representation), context: context)
    }

    func create(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable {
            var llmId: UUID
            var name: String
            var displayName: String?
            var modelType: String?
            var contextWindow: Int?
            var maxTokens: Int?
            /// By its name when left out.
            var supportsVision: Bool?
        }
        let identity = try context.signedIn()
        let (input, body) = try await request.decodeJSONAndBody(Input.self, context: context)
        let model = try await services.store.createModel(
            llmID: input.llmId,
            name: input.name,
            displayName: input.displayName ?? input.name,
            modelType: input.modelType ?? "chat",
            contextWindow: input.contextWindow,
            maxTokens: input.maxTokens,
            pricing: try JSONPart.object("pricing", of: body),
            supportsVision: input.supportsVision,
            by: identity.principal
        )
        guard let model else { throw WebError.invalid("llm_id", "There is no such provider.") }
        return Envelope.success(model.representation, status: .created, context: context)
    }

    func update(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable {
            var displayName: String?
            @Change var contextWindow: Int??
            @Change var maxTokens: Int??
            var supportsVision: Bool?
            var isActive: Bool?
        }
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        let (input, body) = try await request.decodeJSONAndBody(Input.self, context: context)
        let model = try await services.store.updateModel(
            id,
            displayName: input.displayName,
            contextWindow: input.contextWindow,
            maxTokens: input.maxTokens,
            pricing: try JSONPart.change(of: "pricing", in: body),
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

    func setDefault(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable { var modelId: UUID }
        let identity = try context.signedIn()
        let input = try await request.decodeJSON(Input.self, context: context)
        guard try await services.store.setDefaultModel(input.modelId, by: identity.principal) else {
            throw WebError.invalid("model_id", "There is no such model.")
        }
        return Envelope.noContent(context: context)
    }

    func setFallbacks(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable { var modelIds: [UUID] }
        let identity = try context.signedIn()
        let input = try await request.decodeJSON(Input.self, context: context)
        try await services.store.setFallbacks(input.modelIds, by: identity.principal)
        return Envelope.noContent(context: context)
    }
}

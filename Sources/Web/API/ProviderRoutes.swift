package import Engine
package import Foundation
import Hummingbird
package import Storage

/// `/v1/llm-configs`: the providers of an organisation. A key goes in and never comes out.
struct ProviderRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(.get, "/v1/llm-configs", .providers, "Lists providers", replies: [.list(.provider)], use: list)
        Endpoint(
            .post,
            "/v1/llm-configs",
            .providers,
            "Adds a provider",
            body: .json(
                NewProvider.self,
                [
                    "provider": .schema(.choice(ProviderKind.self)),
                    "provider_name": .about("Up to 100 characters of it are kept."),
                    "api_base_url": .length(0...500),
                ]
            ),
            replies: [.object(.provider, .created)],
            use: create
        )
        Endpoint(.get, "/v1/llm-configs/{id}", .providers, "Shows a provider", replies: [.object(.provider)], use: show)
        Endpoint(
            .patch,
            "/v1/llm-configs/{id}",
            .providers,
            "Changes a provider",
            about:
                "What is left out stays. Another address drops the key; an empty key takes it away; an `organization_id` that is null is taken away, a limit that is null is lifted.",
            body: .json(
                ProviderChange.self,
                [
                    "provider_name": .length(1...100), "api_base_url": .length(1...500),
                    "organization_id": .length(0...100, "At the vendor."),
                ]
            ),
            replies: [.object(.provider)],
            use: update
        )
        Endpoint(.delete, "/v1/llm-configs/{id}", .providers, "Removes a provider with its models", use: delete)
        Endpoint(
            .post,
            "/v1/llm-configs/{id}/test",
            .providers,
            "Asks a provider for its models",
            about: "The answer is 200 also when the provider cannot be reached: `test_status` says so.",
            replies: [.object(.providerTest)],
            use: test
        )
    }

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let providers = try await services.store.providers(by: identity.principal)
        return Envelope.list(providers.map { services.representation(of: $0) }, context: context)
    }

    struct NewProvider: Decodable, Sendable {
        var provider: String
        var providerName: String?
        var apiKey: String?
        var apiBaseUrl: String?
        var organizationId: String?
    }

    func create(_ input: NewProvider, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let draft = try ProviderDraft(
            kind: input.provider,
            name: input.providerName,
            baseURL: input.apiBaseUrl,
            key: input.apiKey
        )
        let provider = try await services.store.createProvider(
            kind: draft.kind,
            name: draft.name,
            baseURL: draft.baseURL,
            apiKey: draft.key,
            organization: input.organizationId,
            by: identity.principal,
            address: context.remoteAddress
        )
        return Envelope.success(services.representation(of: provider), status: .created, context: context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let found = try await services.store.provider(context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        return Envelope.success(services.representation(of: found), counting: found.bare, context: context)
    }

    struct ProviderChange: Decodable, Sendable {
        var providerName: String?
        var apiKey: String?
        var apiBaseUrl: String?
        var isActive: Bool?
        /// null takes it away.
        @Change var organizationId: String??
        /// null lifts it.
        @Change var rateLimit: RateLimit??

        struct RateLimit: Decodable {
            var concurrent: Int?
            var perMinute: Int?
        }
    }

    func update(_ input: ProviderChange, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        guard let provider = try await services.store.provider(id, by: identity.principal) else {
            throw WebError.notFound
        }
        let limit = input.rateLimit.map { limit in
            limit.map { ProviderLimit(concurrent: $0.concurrent, perMinute: $0.perMinute) }
        }
        let baseURL = try input.apiBaseUrl.map { try ProviderDraft.checkedURL($0, kind: provider.provider) }
        // What is not sent stays; an empty one is taken away.
        let key: Secret??
        if let text = input.apiKey { key = .some(try ProviderDraft.checkedKey(text)) } else { key = .none }
        let updated = try await services.store.updateProvider(
            id,
            name: input.providerName ?? provider.providerName,
            baseURL: baseURL ?? provider.apiBaseURL,
            apiKey: key,
            isActive: input.isActive ?? provider.isActive,
            organization: input.organizationId,
            limit: limit,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard let updated else { throw WebError.notFound }
        return Envelope.success(services.representation(of: updated), context: context)
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let isDeleted = try await services.store.deleteProvider(
            context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isDeleted else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }

    func test(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let result = try await services.testProvider(context.identifier("id"), by: identity.principal)
        guard let result else { throw WebError.notFound }
        let data = JSONObject {
            $0.set("test_status", result.failure == nil ? "success" : "failed")
            $0.set("latency", result.latency)
            $0.set("available_models", result.models)
            $0.set("tested_at", Date())
            if let failure = result.failure {
                $0.set("error_code", failure.code)
                $0.set("error_message", failure.message)
            }
        }
        return Envelope.success(data, context: context)
    }
}

extension WebServices {
    func representation(of provider: Provider) -> JSONObject {
        provider.representation(trouble: providerTrouble(provider.id))
    }

    /// Asks the provider for its models and keeps the outcome; nil when there is no such provider.
    package func testProvider(_ id: UUID, by principal: Principal) async throws -> ProbeResult? {
        guard let endpoint = try await store.endpoint(of: id, by: principal) else { return nil }
        let result = await models.probe(endpoint)
        _ = try await store.recordTest(id, result, by: principal)
        return result
    }
}

extension Schema {
    fileprivate static let providerTest = object(
        "ProviderTest",
        [
            .choice("test_status", "success", "failed"), .integer("latency", "Milliseconds.").orNull,
            .list("available_models"), .date("tested_at"), .text("error_code").orMissing,
            .text("error_message").orMissing,
        ]
    )
}

import Engine
import Foundation
import Hummingbird
import NIOCore
import Storage

/// OpenAI's API: any program that speaks it uses the models and agents here by changing its base URL.
struct OpenAIRoutes: Sendable {
    /// Bytes of a request: pictures come in it.
    private static let longest = 32 * 1024 * 1024

    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/openai/v1/models",
            .gateway,
            "Lists models and agents",
            replies: [.bare(.openAIModels)],
            use: models
        )
        Endpoint(
            .get,
            "/openai/v1/models/{model}",
            .gateway,
            "Shows a model or an agent",
            parameters: ["model": .text],
            replies: [.bare(.openAIModel)],
            use: model
        )
        Endpoint(
            .post,
            Self.completions,
            .gateway,
            "Answers a conversation",
            about:
                "By a model, or by an agent with all that it has. With an Idempotency-Key an agent's run is begun once, and goes on when its caller hangs up; a model's whole answer is kept for a day, one that is streamed is made anew each time.",
            content: EndpointContent(mediaType: "application/json") { .chatRequest },
            replies: [
                .bare(.chatCompletion).with(.runID),
                .events("With `stream`, ended by `data: [DONE]`.", of: .chatEvent).with(.runID),
            ],
            errors: [.validation, .notFound, .conflict, .badGateway],
            key: .handler,
            longest: Self.longest,
            use: complete
        )
        Endpoint(
            .post,
            "/openai/v1/embeddings",
            .gateway,
            "Turns texts into vectors",
            content: EndpointContent(mediaType: "application/json") { .embeddingRequest },
            replies: [.bare(.embeddings)],
            errors: [.validation, .notFound, .badGateway],
            longest: Self.longest,
            use: embed
        )
    }

    private static let completions = "/openai/v1/chat/completions"

    func models(_ request: Request, context: WebContext) async throws -> Response {
        let known = try await services.store.callables(by: try context.signedIn().principal)
        let items = known.map(\.document).joined(separator: ",")
        return .openAI("{\"object\":\"list\",\"data\":[\(items)]}", context)
    }

    /// Names of models may have slashes.
    func model(_ request: Request, context: WebContext) async throws -> Response {
        let path = context.parameters.getCatchAll().joined(separator: "/")
        let name = path.removingPercentEncoding ?? path
        let known = try await services.store.callables(by: try context.signedIn().principal)
        guard let one = known.first(where: { $0.answers(to: name) }) else { throw WebError.noModel(name) }
        return .openAI(one.document, context)
    }

    func complete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let body = try await request.boundedBody(upTo: Self.longest)
        let input = try ChatInput(body)
        let key = try request.idempotencyKey()
        if let route = try await route(to: input.model, for: .chat, identity) {
            let caller = try caller(identity, context)
            let completion = ModelCompletion(services: services, input: input, route: route, caller: caller)
            var request = request
            request.body = .init(buffer: body)
            return try await answer(completion, key: key, request, identity, context)
        }
        guard let agent = try await services.store.agentID(called: input.model, by: identity.principal) else {
            throw WebError.noModel(input.model)
        }
        let completion = AgentCompletion(services: services, input: input, agent: agent, key: key, identity: identity)
        // A whole log may have to be read for it.
        return try await apart { try await answer(completion, identity, context) }
    }

    /// By a model: streamed anew each time, or whole and kept with its key.
    private func answer(
        _ completion: ModelCompletion,
        key: String?,
        _ request: Request,
        _ identity: Identity,
        _ context: WebContext
    ) async throws -> Response {
        guard !completion.input.isStreamed else {
            let stream = try CompletionStream(services: services, identity: identity, context: context)
            return try await stream.response { try await completion.write(to: $0) }
        }
        guard let key else { return try await completion.whole(context) }
        let repetition = Repetition("POST \(Self.completions)", key: key, longest: Self.longest, services: services)
        return try await repetition.answer(request, context: context) { try await completion.whole($1) }
    }

    /// By an agent: its run has the key.
    private func answer(
        _ completion: AgentCompletion,
        _ identity: Identity,
        _ context: WebContext
    ) async throws -> Response {
        guard !completion.input.isStreamed else {
            return try await streamed(completion, identity, context)
        }
        return try await completion.whole(try await completion.begin(), context)
    }

    private func streamed(
        _ completion: AgentCompletion,
        _ identity: Identity,
        _ context: WebContext
    ) async throws -> Response {
        // Nothing is begun that its caller cannot be told.
        let stream = try CompletionStream(services: services, identity: identity, context: context)
        let run = try await completion.begin()
        var response = try await stream.response { try await completion.write(run, to: $0) }
        response.headers[.runID] = run.id.text
        return response
    }

    func embed(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let input = try EmbeddingInput(try await request.boundedBody(upTo: Self.longest))
        guard let route = try await route(to: input.model, for: .embedding, identity) else {
            throw WebError.noModel(input.model)
        }
        let caller = try caller(identity, context)
        let (vectors, answer) = try await services.presence.working(for: context.channel) { [services] in
            try await services.gateway.embed(input.request, along: route, for: caller)
        }
        let tokens = answer.usage.tokens.input
        return .openAI(input.document(vectors, model: answer.model, tokens: tokens), context)
    }

    private func route(to model: String, for purpose: GatewayPurpose, _ identity: Identity) async throws
        -> GatewayRoute?
    {
        guard !model.hasPrefix(Callable.agentPrefix) else { return nil }
        return try await services.store.route(to: model, for: purpose, by: identity.principal)
    }

    private func caller(_ identity: Identity, _ context: WebContext) throws(WebError) -> GatewayCaller {
        guard let organisation = identity.principal.organisationID else { throw WebError.notFound }
        return GatewayCaller(
            user: identity.user.id,
            organisation: organisation,
            key: identity.key?.id,
            address: context.remoteAddress
        )
    }
}

extension Callable {
    /// A `model` of OpenAI's.
    fileprivate var document: String {
        var json = JSONFields()
        json.set("id", id)
        json.set("object", "model")
        json.set("created", Int(createdAt.timeIntervalSince1970))
        json.set("owned_by", owner)
        json.set("kind", kind.rawValue)
        return json.closed
    }
}

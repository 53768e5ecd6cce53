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
        let input = try ChatInput(try await request.boundedBody(upTo: Self.longest))
        let stream = CompletionStream(services: services, identity: identity, context: context)
        if let route = try await route(to: input.model, for: .chat, identity) {
            let caller = try caller(identity, context)
            let completion = ModelCompletion(services: services, input: input, route: route, caller: caller)
            guard input.isStreamed else { return try await completion.whole(context) }
            return try await stream.response { try await completion.write(to: $0) }
        }
        guard let agent = try await services.store.agentID(called: input.model, by: identity.principal) else {
            throw WebError.noModel(input.model)
        }
        let completion = AgentCompletion(services: services, input: input, agent: agent, identity: identity)
        let run = try await completion.begin()
        guard input.isStreamed else { return try await completion.whole(run, context) }
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
        return .openAI(input.document(vectors, model: answer.model, tokens: answer.usage.tokens.input), context)
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

import Engine
import Hummingbird
import Storage

/// `/v1/conversations/{id}/variables`: what agents and programs keep with a conversation.
struct VariableRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/conversations/{id}/variables",
            .conversations,
            "Lists what is kept with a conversation",
            replies: [.list(.variable)],
            use: list
        )
        Endpoint(
            .get,
            "/v1/conversations/{id}/variables/{name}",
            .conversations,
            "Shows a variable",
            parameters: ["name": .text],
            replies: [.object(.variable)],
            use: show
        )
        Endpoint(
            .put,
            "/v1/conversations/{id}/variables/{name}",
            .conversations,
            "Sets a variable",
            about: "To any JSON.",
            parameters: ["name": .text],
            body: .json(NewValue.self),
            replies: [.object(.variable)],
            use: set
        )
        Endpoint(
            .delete,
            "/v1/conversations/{id}/variables/{name}",
            .conversations,
            "Removes a variable",
            parameters: ["name": .text],
            use: remove
        )
    }

    func list(_ request: Request, context: WebContext) async throws -> Response {
        Envelope.list(try await variables(context).map(\.representation), context: context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let name = context.parameters.get("name")
        guard let variable = try await variables(context).first(where: { $0.name == name }) else {
            throw WebError.notFound
        }
        return Envelope.success(variable.representation, context: context)
    }

    struct NewValue: Decodable, Sendable { var value: JSONValue }

    /// `{"value": …}`, any JSON.
    func set(_ input: NewValue, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let conversation = try context.identifier("id")
        let name = context.parameters.get("name") ?? ""
        do {
            let isKept = try await services.store.setVariable(
                name,
                to: input.value,
                in: conversation,
                by: identity.principal
            )
            guard isKept else { throw WebError.notFound }
        } catch let limit as VariableLimit {
            throw WebError.invalid("value", limit.message)
        }
        let variable = RunContext.Variable(name: name, value: input.value.text)
        return Envelope.success(variable.representation, context: context)
    }

    func remove(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let isGone = try await services.store.removeVariable(
            context.parameters.get("name") ?? "",
            in: context.identifier("id"),
            by: identity.principal
        )
        guard isGone else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }

    private func variables(_ context: WebContext) async throws -> [RunContext.Variable] {
        let identity = try context.signedIn()
        let found = try await services.store.variables(in: context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        return found
    }
}

extension RunContext.Variable {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("name", name)
            $0.raw("value", value)
        }
    }
}

extension Schema {
    fileprivate static let variable = object("Variable", [.text("name"), .field("value", .anything)])
}

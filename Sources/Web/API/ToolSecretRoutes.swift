import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/tool-secrets`: keys that agents' tools may send to the places they are for. A value goes in and never comes out.
struct ToolSecretRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(.get, "/v1/tool-secrets", .tools, "Lists secrets of tools", replies: [.list(.toolSecret)], use: list)
        Endpoint(
            .post,
            "/v1/tool-secrets",
            .tools,
            "Keeps a secret for tools",
            about: "Agents' tools may send it to these hosts. `shared` is for those who lead the organisation.",
            body: .json(NewSecret.self, ["name": .length(1...64), "value": .length(1...4000)]),
            replies: [.object(.toolSecret, .created)],
            errors: [.forbidden, .conflict],
            use: create
        )
        Endpoint(.delete, "/v1/tool-secrets/{id}", .tools, "Forgets a secret", use: delete)
    }

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let secrets = try await services.store.toolSecrets(by: identity.principal)
        return Envelope.list(secrets.map(\.representation), context: context)
    }

    struct NewSecret: Decodable, Sendable {
        var name: String
        var value: String
        var hosts: [String]
        var shared: Bool?
    }

    /// `{"name", "value", "hosts": ["api.example.org"], "shared": false}`; `shared` is for administrators.
    func create(_ input: NewSecret, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let secret = try await services.store.createToolSecret(
            name: input.name,
            value: Secret(input.value),
            hosts: input.hosts,
            isShared: input.shared ?? false,
            by: identity.principal,
            address: context.remoteAddress
        )
        return Envelope.success(secret.representation, status: .created, context: context)
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let isDeleted = try await services.store.deleteToolSecret(
            context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isDeleted else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }
}

extension ToolSecret {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("secret_id", id.text)
            $0.set("name", name)
            $0.set("hosts", places.map(\.text))
            $0.set("shared", isShared)
            $0.set("created_at", createdAt)
        }
    }
}

extension Schema {
    fileprivate static let toolSecret = object(
        "ToolSecret",
        [.uuid("secret_id"), .text("name"), .list("hosts"), .flag("shared"), .date("created_at")]
    )
}

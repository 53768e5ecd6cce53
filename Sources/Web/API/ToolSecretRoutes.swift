import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/tool-secrets`: keys that agents' tools may send to the places they are for. A value goes in and never comes out.
struct ToolSecretRoutes: Sendable {
    let services: WebServices

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let secrets = try await services.store.toolSecrets(by: identity.principal)
        return Envelope.list(secrets.map(\.representation), context: context)
    }

    /// `{"name", "value", "hosts": ["api.example.org"], "shared": false}`; `shared` is for administrators.
    func create(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable {
            var name: String
            var value: String
            var hosts: [String]
            var shared: Bool?
        }
        let identity = try context.signedIn()
        let input = try await request.decodeJSON(Input.self, context: context)
        let secret = try await services.createToolSecret(
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
        let isDeleted = try await services.deleteToolSecret(
            context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isDeleted else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }
}

extension WebServices {
    /// Written down in the audit, without the value.
    func createToolSecret(
        name: String,
        value: Secret,
        hosts: [String],
        isShared: Bool,
        by principal: Principal,
        address: String?
    ) async throws -> ToolSecret {
        let secret = try await store.createToolSecret(
            name: name,
            value: value,
            hosts: hosts,
            isShared: isShared,
            by: principal
        )
        await record("tool_secret.created", target: secret.id.text, by: principal, address: address)
        return secret
    }

    func deleteToolSecret(_ id: UUID, by principal: Principal, address: String?) async throws -> Bool {
        guard try await store.deleteToolSecret(id, by: principal) else { return false }
        await record("tool_secret.deleted", target: id.text, by: principal, address: address)
        return true
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

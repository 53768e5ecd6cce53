import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/agents/{id}/network`: where an agent's programs may go in the caller's runs.
struct AgentNetworkRoutes: Sendable {
    let services: WebServices

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let list = try await services.store.knownNetwork(ofAgent: context.identifier("id"), by: identity.principal)
        guard let list else { throw WebError.notFound }
        let body = JSONObject {
            $0.set("hosts", list.entries)
            $0.set("is_available", services.settings.mayGiveNetwork)
        }
        return Envelope.success(body, context: context)
    }

    /// `{"hosts": ["example.org", "*.example.org", "example.org:8443", "pypi"]}`; an empty list for none.
    func set(_ request: Request, context: WebContext) async throws -> Response {
        struct Input: Decodable { var hosts: [String] }
        let identity = try context.signedIn()
        let input = try await request.decodeJSON(Input.self, context: context)
        let isSet = try await services.setNetwork(
            input.hosts,
            ofAgent: context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isSet else { throw WebError.notFound }
        return try await show(request, context: context)
    }
}

extension WebServices {
    /// Written down in the audit.
    func setNetwork(
        _ hosts: [String],
        ofAgent agent: UUID,
        by principal: Principal,
        address: String?
    ) async throws -> Bool {
        guard try await store.setNetwork(hosts, ofAgent: agent, by: principal) else { return false }
        await record("agent.network_changed", target: agent.text, by: principal, address: address)
        return true
    }
}

import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/agents/{id}/network`: where an agent's programs may go in the caller's runs.
struct AgentNetworkRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/agents/{id}/network",
            .agents,
            "Shows where an agent's programs may go",
            replies: [.object(.network)],
            use: show
        )
        Endpoint(
            .put,
            "/v1/agents/{id}/network",
            .agents,
            "Says where an agent's programs may go in one's runs",
            about:
                "An empty list for nowhere; a host may begin with `*.` and end with a port, `pypi` and such stand for known places.",
            body: .json(HostList.self),
            replies: [.object(.network)],
            use: set
        )
    }

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

    struct HostList: Decodable, Sendable { var hosts: [String] }

    /// `{"hosts": ["example.org", "*.example.org", "example.org:8443", "pypi"]}`; an empty list for none.
    func set(_ input: HostList, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let isSet = try await services.store.setNetwork(
            input.hosts,
            ofAgent: context.identifier("id"),
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isSet else { throw WebError.notFound }
        return try await show(request, context: context)
    }
}

extension Schema {
    fileprivate static let network = object(
        "Network",
        [.list("hosts"), .flag("is_available", "Whether this server gives programs a network at all.")]
    )
}

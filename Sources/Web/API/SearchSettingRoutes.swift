import Engine
import Hummingbird
import Storage

/// `/v1/settings/search`: where agents search the web. For administrators; the key goes in and never comes out.
struct SearchSettingRoutes: Sendable {
    let services: WebServices

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/settings/search",
            .settings,
            "Shows where agents search the web",
            access: .superuser,
            replies: [.object(.searchSetting)],
            use: show
        )
        Endpoint(
            .put,
            "/v1/settings/search",
            .settings,
            "Says where agents search the web",
            about: "An empty key keeps the one that is there, as long as it goes to the same service.",
            access: .superuser,
            body: .json(
                Choice.self,
                [
                    "service": .about("null as the server is configured, `none` for nowhere."),
                    "url": .about("Of SearXNG its root, of `custom` the whole address with `{query}` in it."),
                ]
            ),
            replies: [.object(.searchSetting)],
            use: set
        )
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let setting = try await services.store.searchSetting(by: identity.principal)
        return Envelope.success(setting.representation, context: context)
    }

    struct Choice: Decodable, Sendable {
        var service: String?
        var url: String?
        var key: String?
    }

    func set(_ choice: Choice, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.superuser()
        let known = try await services.store.searchSetting(by: identity.principal)
        let input = SearchInput(
            service: choice.service ?? SearchInput.configured,
            url: choice.url ?? "",
            key: choice.key ?? "",
            known: known
        )
        if let problem = input.problems.first { throw WebError.invalid(problem.field, problem.message) }
        try await services.setSearch(input, by: identity.principal, address: context.remoteAddress)
        return try await show(request, context: context)
    }
}

extension SearchSetting? {
    fileprivate var representation: JSONObject {
        JSONObject {
            $0.set("service", map { $0.kind?.rawValue ?? SearchInput.nowhere })
            $0.set("url", self?.url)
            $0.set("has_key", self?.hasKey ?? false)
        }
    }
}

extension Schema {
    fileprivate static let searchSetting = object(
        "SearchSetting",
        [
            .field("service", .choice([SearchInput.nowhere] + SearchKind.allCases.map(\.rawValue)).orNull),
            .text("url").orNull, .flag("has_key"),
        ]
    )
}

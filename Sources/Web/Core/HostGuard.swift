package import Hummingbird

/// Answers only under the names that were configured: a page of somebody else's, whose name leads to this machine's
/// address, is refused before anything is looked at. Without names, under every name.
struct HostGuard: RouterMiddleware {
    private let names: Set<String>

    /// The name in `publicURL` is always among them.
    init(names: [String], publicURL: String?) {
        let own = publicURL.map { [$0.replacing("https://", with: "").replacing("http://", with: "")] } ?? []
        self.names = names.isEmpty ? [] : Set((names + own).map { Self.name(in: $0) })
    }

    func handle(
        _ request: Request,
        context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        // Whoever watches over the server asks by its address.
        if request.uri.path == "/healthz" || allows(request.head.authority ?? "") {
            return try await next(request, context)
        }
        var context = context
        context.refusal = WebError(
            .badRequest,
            "This server does not answer under this name. Use the address that you were given."
        )
        return try await next(request, context)
    }

    func allows(_ authority: String) -> Bool { names.isEmpty || names.contains(Self.name(in: authority)) }

    /// `Example.org:8000` is `example.org`, `[::1]:8000` is `::1`; a path behind is left out.
    private static func name(in authority: String) -> String {
        let place = authority.lowercased().prefix { $0 != "/" }
        if place.hasPrefix("[") { return String(place.dropFirst().prefix { $0 != "]" }) }
        // More than one colon: an address without brackets, as people write it.
        guard place.count(where: { $0 == ":" }) == 1 else { return String(place) }
        return String(place.prefix { $0 != ":" })
    }
}

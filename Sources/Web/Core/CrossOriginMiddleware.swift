import HTTPTypes
import Hummingbird

/// Lets pages of other origins read what the API answers, where the configuration names them. They send tokens, never cookies.
struct CrossOriginMiddleware: RouterMiddleware {
    /// Such as `https://tools.example.org`; `*` for all.
    let origins: Set<String>

    func handle(
        _ request: Request,
        context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        guard !origins.isEmpty, request.isForAPI || request.uri.path == "/openapi.json" else {
            return try await next(request, context)
        }
        guard let origin = request.headers[.origin], origins.contains("*") || origins.contains(origin) else {
            var response = try await next(request, context)
            response.headers[.vary] = "Origin"
            return response
        }
        let asksFirst = request.method == .options && request.headers[.accessControlRequestMethod] != nil
        var response = asksFirst ? Self.permission : try await next(request, context)
        response.headers[.accessControlAllowOrigin] = origins.contains("*") ? "*" : origin
        response.headers[.accessControlExposeHeaders] = Self.exposed
        response.headers[.vary] = "Origin"
        // The answer is for them.
        response.headers[.crossOriginResourcePolicy] = "cross-origin"
        return response
    }

    private static let exposed = [
        "X-Request-Id", "ETag", "Location", "Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset",
        "Idempotent-Replayed", "Preference-Applied",
    ].joined(separator: ", ")

    private static let permission = Response(
        status: .noContent,
        headers: [
            .accessControlAllowMethods: "GET, HEAD, POST, PUT, PATCH, DELETE",
            .accessControlAllowHeaders: [
                "Authorization", "X-API-Key", "X-Organization-Id", "Content-Type", "Accept", "Idempotency-Key",
                "If-Match",
                "If-None-Match", "Last-Event-ID", "Prefer", "X-Request-Id",
            ].joined(separator: ", "), .accessControlMaxAge: "600",
        ]
    )
}

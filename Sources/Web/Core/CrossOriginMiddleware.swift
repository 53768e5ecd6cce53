import Foundation
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
        var response = asksFirst ? Self.permission(for: request) : try await next(request, context)
        response.headers[.accessControlAllowOrigin] = origins.contains("*") ? "*" : origin
        response.headers[.accessControlExposeHeaders] = Self.exposed
        response.headers[.vary] = asksFirst ? "Origin, Access-Control-Request-Headers" : "Origin"
        // The answer is for them.
        response.headers[.crossOriginResourcePolicy] = "cross-origin"
        return response
    }

    private static let exposed = [
        "X-Request-Id", "X-Run-Id", "ETag", "Location", "Allow", "Retry-After", "Content-Disposition",
        "RateLimit-Policy",
        "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "X-RateLimit-Limit", "X-RateLimit-Remaining",
        "X-RateLimit-Reset", "Idempotent-Replayed", "Preference-Applied", "Mcp-Session-Id", "Mcp-Protocol-Version",
    ].joined(separator: ", ")

    /// Who may read may send what headers they like: clients of every kind send some of their own, and nothing here depends on
    /// one being absent.
    private static func permission(for request: Request) -> Response {
        Response(
            status: .noContent,
            headers: [
                .accessControlAllowMethods: "GET, HEAD, POST, PUT, PATCH, DELETE",
                .accessControlAllowHeaders: (usual + asked(request)).joined(separator: ", "),
                .accessControlMaxAge: "600",
            ]
        )
    }

    private static let usual = [
        "Authorization", "X-API-Key", "X-Organization-Id", "Content-Type", "Accept", "Idempotency-Key", "If-Match",
        "If-None-Match", "Last-Event-ID", "Prefer", "X-Request-Id",
    ]

    /// Those that a browser wants to send beyond the usual ones; none when that is no list of a reasonable size.
    private static func asked(_ request: Request) -> [String] {
        guard let list = request.headers[.accessControlRequestHeaders], list.utf8.count <= 4096 else { return [] }
        let known = Set(usual.map { $0.lowercased() })
        return list.split(separator: ",").compactMap { part in
            guard let field = HTTPField.Name(part.trimmingCharacters(in: .whitespaces)),
                !known.contains(field.canonicalName)
            else { return nil }
            return field.rawName
        }
    }
}

import HTTPTypes
package import Hummingbird

/// What every answer says to the browser: nothing inline, nothing from elsewhere, no frames, no guessing of types.
struct SecurityHeadersMiddleware: RouterMiddleware {
    static let contentSecurityPolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
        "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    let secure: Bool

    func handle(
        _ request: Request,
        context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard response.status != .switchingProtocols else {
            // No document is shown. A socket keeps the head of its answer as long as it lives, so that is short.
            let words: [HTTPField.Name] = [.upgrade, .connection, .secWebSocketAccept]
            var head = HTTPFields()
            // With those that come outside: the request's name, the date and ours.
            head.reserveCapacity(words.count + 3)
            for field in response.headers where words.contains(field.name) { head.append(field) }
            response.headers = head
            return response
        }
        // What others have brought comes with a stricter one.
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = Self.contentSecurityPolicy
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "same-origin"
        response.headers[.frameOptions] = "DENY"
        response.headers[.crossOriginOpenerPolicy] = "same-origin"
        response.headers[.permissionsPolicy] = "camera=(), microphone=(), geolocation=()"
        if secure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }
}

import HTTPTypes
import Hummingbird

/// Gives every request its name, the caller's own when that is sane, and says it on every answer, whatever kind of answer it is
/// and whoever makes it: the first of all middleware but that which takes bodies away.
struct RequestNameMiddleware: RouterMiddleware {
    typealias Context = WebContext

    func handle(
        _ request: Request,
        context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.requestID = Self.name(request) ?? context.requestID
        var response = try await next(request, context)
        response.headers[.xRequestID] = context.requestID
        return response
    }

    /// Only what can stand in a log line and a header without harm.
    private static func name(_ request: Request) -> String? {
        guard let id = request.headers[.xRequestID], (1...128).contains(id.utf8.count) else { return nil }
        let isSane = id.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == 0x2D || byte == 0x5F || byte == 0x2E
        }
        return isSane ? id : nil
    }
}

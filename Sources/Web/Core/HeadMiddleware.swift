import HTTPTypes
package import Hummingbird

/// Answers `HEAD` by what stands above the answer to `GET`, refusals too, and by nothing below: what comes behind sees a `GET`.
/// The outermost of all middleware, because whatever has a body loses it here.
struct HeadMiddleware: RouterMiddleware {
    typealias Context = WebContext

    func handle(
        _ request: Request,
        context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        guard request.method == .head else { return try await next(request, context) }
        var head = request.head
        head.method = .get
        var context = context
        context.isHead = true
        // Where nothing follows, there is nothing to be spoken in another way.
        head.headerFields[.upgrade] = nil
        let response = try await next(Request(head: head, body: request.body), context)
        // Nobody knows yet how long it would be, and a length that is not so is worse than none.
        if response.body.contentLength == nil { HeadEnd.expect(on: context.channel) }
        return response.createHeadResponse()
    }
}

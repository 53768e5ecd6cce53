import HTTPTypes
import Hummingbird

/// Tells programs how many requests they have left, and refuses those beyond.
struct RateLimitMiddleware: RouterMiddleware {
    let limiter: RateLimiter

    func handle(
        _ request: Request,
        context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        guard request.isForAPI, let verdict = limiter.take(context.identity, from: context.remoteAddress) else {
            return try await next(request, context)
        }
        guard verdict.isAllowed else {
            var response =
                request.isForOpenAI
                ? OpenAIError(verdict.error).response
                : Envelope.failure(verdict.error, requestID: context.requestID)
            response.headers[.retryAfter] = String(verdict.wait)
            verdict.write(into: &response.headers)
            return response
        }
        var response = try await next(request, context)
        // A stricter count that refused it has told of itself.
        if response.headers[.rateLimitPolicy] == nil { verdict.write(into: &response.headers) }
        return response
    }
}

extension RateVerdict {
    /// As the draft of the standard says, and as others do.
    func write(into headers: inout HTTPFields) {
        headers[.rateLimitPolicy] = "\(limit);w=60"
        for (name, value) in [
            (HTTPField.Name.rateLimitLimit, limit), (.rateLimitRemaining, remaining), (.rateLimitReset, reset),
            (.xRateLimitLimit, limit), (.xRateLimitRemaining, remaining), (.xRateLimitReset, reset),
        ] { headers[name] = String(value) }
    }
}

package import HTTPTypes

extension HTTPField.Name {
    package static let xRequestID = HTTPField.Name("X-Request-Id")!
    package static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    package static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
    /// The run that made an answer.
    package static let runID = HTTPField.Name("X-Run-Id")!
    /// Of OpenAI's clients: whether the same request may do better.
    package static let shouldRetry = HTTPField.Name("X-Should-Retry")!
    package static let organisation = HTTPField.Name("X-Organization-Id")!
    package static let prefer = HTTPField.Name("Prefer")!
    package static let lastEventID = HTTPField.Name("Last-Event-ID")!
    package static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    package static let permissionsPolicy = HTTPField.Name("Permissions-Policy")!
    package static let crossOriginOpenerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")!
    package static let frameOptions = HTTPField.Name("X-Frame-Options")!
    package static let fetchSite = HTTPField.Name("Sec-Fetch-Site")!
    package static let accelBuffering = HTTPField.Name("X-Accel-Buffering")!
    package static let mcpSessionID = HTTPField.Name("Mcp-Session-Id")!
    package static let apiKey = HTTPField.Name("X-API-Key")!
    package static let idempotentReplayed = HTTPField.Name("Idempotent-Replayed")!
    package static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy")!
    package static let rateLimitLimit = HTTPField.Name("RateLimit-Limit")!
    package static let rateLimitRemaining = HTTPField.Name("RateLimit-Remaining")!
    package static let rateLimitReset = HTTPField.Name("RateLimit-Reset")!
    package static let xRateLimitLimit = HTTPField.Name("X-RateLimit-Limit")!
    package static let xRateLimitRemaining = HTTPField.Name("X-RateLimit-Remaining")!
    package static let xRateLimitReset = HTTPField.Name("X-RateLimit-Reset")!
    package static let crossOriginResourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy")!
    package static let preferenceApplied = HTTPField.Name("Preference-Applied")!
}

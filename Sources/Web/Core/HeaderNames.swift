package import HTTPTypes

extension HTTPField.Name {
    package static let xRequestID = HTTPField.Name("X-Request-Id")!
    package static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    package static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
    package static let prefer = HTTPField.Name("Prefer")!
    package static let lastEventID = HTTPField.Name("Last-Event-ID")!
    package static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    package static let permissionsPolicy = HTTPField.Name("Permissions-Policy")!
    package static let crossOriginOpenerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")!
    package static let frameOptions = HTTPField.Name("X-Frame-Options")!
    package static let fetchSite = HTTPField.Name("Sec-Fetch-Site")!
    package static let accelBuffering = HTTPField.Name("X-Accel-Buffering")!
    package static let mcpSessionID = HTTPField.Name("Mcp-Session-Id")!
    package static let preferenceApplied = HTTPField.Name("Preference-Applied")!
}

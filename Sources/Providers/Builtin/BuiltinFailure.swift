import Engine

/// The failures that `/fail` plays.
enum BuiltinFailure {
    /// Played after some text has been sent.
    static func isLate(_ code: String) -> Bool { code == "interrupted" || code == "malformed" }

    static func error(_ name: String) -> ModelError {
        let (code, what): (ModelError.Code, String) =
            switch name {
            case "400": (.rejected, "a rejected request")
            case "401", "403": (.unauthorized, "a refused key")
            case "404": (.notFound, "an unknown model")
            case "429": (.rateLimited, "a rate limit of 5 seconds")
            case "timeout": (.timeout, "a provider that is silent")
            case "unreachable": (.unreachable, "a provider that is not there")
            case "malformed": (.malformed, "an answer that cannot be understood")
            case "interrupted": (.interrupted, "an answer that breaks off")
            default: (.unavailable, "a failing server")
            }
        return ModelError(
            code,
            "The built-in provider plays \(what), as it was asked to. Nothing needs to be mended; try again.",
            retryAfter: code == .rateLimited ? 5 : nil,
            status: Int(name).flatMap { 400..<600 ~= $0 ? $0 : nil }
        )
    }
}

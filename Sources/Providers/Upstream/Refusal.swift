import Engine
import Fetch
import Foundation

/// The upstream's "no", by its status or inside an answer that had begun.
struct Refusal: Error {
    private var status: Int?
    /// The upstream's own code or type, such as `rate_limit_exceeded`.
    private var code: String?
    private(set) var message: String?
    private var retryAfter: Int?

    /// By status and body.
    init(_ response: FetchResponse, _ body: [UInt8]) {
        self.init(JSONValue(body) ?? .null)
        status = response.status
        retryAfter = RetryAfter.seconds(response.headers)
    }

    /// `{"error": {"message", "type", "code"}}`, `{"error": "…"}`, `{"message": …}` or `{"detail": …}`; of Google's also in an array,
    /// and with a reason among its details.
    init(_ document: JSONValue) {
        let document = document.array?.first ?? document
        let error = document["error"] ?? document
        message = (error["message"] ?? error["detail"] ?? document["message"])?.string ?? error.string
        let reasons = error["details"]?.array?.map { $0["reason"] } ?? []
        let codes = ([error["code"], error["type"], document["type"]] + reasons).compactMap { $0 }
        for number in codes.compactMap(\.int) where 400..<600 ~= number { status = number }
        code = codes.compactMap(\.string).first { Self.meanings[$0] != nil }
    }

    /// What a person is told, with a short piece of what the upstream said.
    func error(confidential: Confidential) -> ModelError {
        let meaning = meaning
        let quote = meaning == .unauthorized ? nil : message.flatMap { confidential.quotable($0) }
        let advice = (hasNoBalance ? 402 : status).flatMap { Self.advice($0) } ?? Self.advice(meaning)
        let origin = status.map { " (HTTP \($0))" } ?? ""
        return ModelError(
            meaning,
            advice.0 + origin + ". " + advice.1 + (quote.map { " It said: “\($0)”" } ?? ""),
            retryAfter: retryAfter,
            status: status
        )
    }

    /// Two mistakes of the account's, which some upstreams say as if the request were wrong: only their words tell.
    private var hasNoBalance: Bool { says("credit balance is too low") }
    private var hasBadKey: Bool { says("api key not valid") }

    private func says(_ words: String) -> Bool { status == 400 && message?.lowercased().contains(words) == true }

    private var meaning: ModelError.Code {
        if hasNoBalance { return .rateLimited }
        if hasBadKey { return .unauthorized }
        if let code, let meaning = Self.meanings[code], status.map({ $0 < 500 && $0 != 401 && $0 != 429 }) ?? true {
            return meaning
        }
        switch status ?? 0 {
        case 401, 403: return .unauthorized
        case 404: return .notFound
        case 408, 504: return .timeout
        case 402, 429: return .rateLimited
        case 300..<400: return .notConfigured
        case 400..<500: return .rejected
        case 200..<300: return .malformed
        default: return .unavailable
        }
    }

    private static let meanings: [String: ModelError.Code] = [
        "invalid_api_key": .unauthorized, "authentication_error": .unauthorized, "permission_error": .unauthorized,
        "API_KEY_INVALID": .unauthorized,
        "model_not_found": .notFound, "not_found_error": .notFound, "DeploymentNotFound": .notFound,
        "invalid_model": .notFound,
        "rate_limit_exceeded": .rateLimited, "rate_limit_error": .rateLimited, "insufficient_quota": .rateLimited,
        "billing_hard_limit_reached": .rateLimited, "billing_not_active": .rateLimited, "billing_error": .rateLimited,
        "invalid_request_error": .rejected, "context_length_exceeded": .contextTooLong, "request_too_large": .rejected,
        "content_filter": .rejected, "timeout_error": .timeout, "overloaded_error": .unavailable,
        "api_error": .unavailable, "server_error": .unavailable,
    ]
}

/// What happened, and what to do.
extension Refusal {
    private static func advice(_ status: Int) -> (String, String)? {
        switch status {
        case 402: ("The provider's account has no balance left", "Top it up, or choose another model.")
        case 403: ("The provider forbids this call", "Check what the key, the account and the region may use.")
        case 413: ("The conversation is too long for the provider", "Begin a new one, or choose another model.")
        case 300..<400: ("The provider's address leads elsewhere", "Enter the final address as its base URL.")
        default: nil
        }
    }

    private static func advice(_ meaning: ModelError.Code) -> (String, String) {
        switch meaning {
        case .unauthorized: ("The provider refused the API key", "Enter a valid key in the provider's settings.")
        case .notFound:
            (
                "The provider does not know the model or the address",
                "Check the model's name and the base URL, which usually ends in /v1."
            )
        case .rateLimited: ("The provider's rate limit or quota is used up", "Wait a moment, or choose another model.")
        case .rejected: ("The provider rejected the request", "Check the model's name and its parameters.")
        case .contextTooLong:
            ("This is longer than the model can read at once", "Send less, or choose a model with a larger window.")
        case .timeout: ("The provider took too long", "Try again, or choose another model.")
        default: ("The provider failed", "Try again later, or choose another model.")
        }
    }
}

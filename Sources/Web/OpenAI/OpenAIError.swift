import Engine
import HTTPTypes
import Hummingbird

/// Errors under `/openai/v1` in OpenAI's shape: `{"error":{"message","type","param","code"}}`, with the statuses that its
/// clients know what to do with.
struct OpenAIError: Sendable {
    private let error: WebError

    init(_ error: WebError) { self.error = error }

    func response(requestID: String) -> Response {
        var headers: HTTPFields = [.contentType: "application/json", .xRequestID: requestID]
        if error.code == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        // Clients try again after any 409 and 429; that would not help here.
        if error.code == .conflict || error.specificCode == Self.noMoney { headers[.shouldRetry] = "false" }
        return Response(status: status, headers: headers, body: .init(byteBuffer: .init(string: json)))
    }

    /// As the whole body, or as an event of a stream that had begun.
    var json: String {
        let detail = error.details.first
        var fields = JSONFields()
        fields.set("message", detail?.message ?? error.message)
        fields.set("type", type)
        fields.set("param", detail?.field)
        fields.set("code", code)
        return "{\"error\":\(fields.closed)}"
    }

    private var status: HTTPResponse.Status { error.code == .validation ? .badRequest : error.status }

    static let noMoney = "insufficient_quota"

    private var type: String {
        switch error.code {
        case .rateLimited: code == Self.noMoney ? Self.noMoney : "requests"
        case .internalError, .badGateway, .unavailable: "server_error"
        default: "invalid_request_error"
        }
    }

    private var code: String? {
        if let code = error.specificCode { return code }
        return switch error.code {
        case .unauthorized: "invalid_api_key"
        case .forbidden: "permission_denied"
        case .notFound: "unknown_url"
        case .rateLimited: "rate_limit_exceeded"
        default: nil
        }
    }
}

extension WebError {
    /// What became of a model call, for the program that made it.
    init(_ error: ModelError) {
        let (code, specific): (Code, String?) =
            switch error.code {
            case .rateLimited: (.rateLimited, nil)
            case .rejected: (.badRequest, "rejected_by_provider")
            case .contextTooLong: (.badRequest, "context_length_exceeded")
            case .notFound: (.notFound, "model_not_found")
            case .unavailable, .unreachable: (.unavailable, error.code.rawValue.lowercased())
            case .unauthorized, .notConfigured, .timeout, .malformed, .interrupted:
                (.badGateway, error.code.rawValue.lowercased())
            }
        self.init(code, error.message, specificCode: specific, retryAfter: error.retryAfter)
    }

    init(_ error: BudgetExceeded) {
        self.init(.rateLimited, error.message, specificCode: OpenAIError.noMoney)
    }

    /// Of a model or an agent.
    static func noModel(_ name: String) -> WebError {
        let message = "The model `\(name.prefix(200))` does not exist or you do not have access to it."
        return WebError(
            .notFound,
            message,
            details: [Detail(field: "model", message: message)],
            specificCode: "model_not_found"
        )
    }
}

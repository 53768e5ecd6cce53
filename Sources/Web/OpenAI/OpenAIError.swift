import Engine
import HTTPTypes
import Hummingbird

/// Errors under `/openai/v1` in OpenAI's shape: `{"error":{"message","type","param","code"}}`, with the statuses that its
/// clients know what to do with.
struct OpenAIError: Sendable {
    private let error: WebError

    init(_ error: WebError) { self.error = error }

    var response: Response {
        var headers: HTTPFields = [.contentType: "application/json"]
        if error.code == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        // Clients try again after any 409 and 429; that would not help here.
        if error.code == .conflict || code == Self.noMoney { headers[.shouldRetry] = "false" }
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

    var status: HTTPResponse.Status { error.code == .validation ? .badRequest : error.status }

    /// Before the names of these errors among the reference's.
    static let responsePrefix = "OPENAI_"

    private static let noMoney = "insufficient_quota"

    /// Its own words for codes of ours; the others are said in small letters, as its are.
    private static let names = [
        WebError.budgetExceeded: noMoney,
        ModelError.Code.rateLimited.rawValue: "rate_limit_exceeded",
        ModelError.Code.rejected.rawValue: "rejected_by_provider",
        ModelError.Code.contextTooLong.rawValue: "context_length_exceeded",
        ModelError.Code.notFound.rawValue: "model_not_found",
    ]

    private var type: String {
        switch error.code {
        case .rateLimited: code == Self.noMoney ? Self.noMoney : "requests"
        case .internalError, .badGateway, .unavailable: "server_error"
        default: "invalid_request_error"
        }
    }

    private var code: String? {
        if let code = error.specificCode { return Self.names[code] ?? code.lowercased() }
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

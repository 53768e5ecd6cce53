package import HTTPTypes

/// A request that cannot be answered as asked: what the person reads, and what a program goes by.
package struct WebError: Error, Sendable, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        case badRequest = "BAD_REQUEST"
        case unauthorized = "UNAUTHORIZED"
        case forbidden = "FORBIDDEN"
        case notFound = "NOT_FOUND"
        case methodNotAllowed = "METHOD_NOT_ALLOWED"
        case requestTimeout = "REQUEST_TIMEOUT"
        case conflict = "CONFLICT"
        case preconditionFailed = "PRECONDITION_FAILED"
        case upgradeRequired = "UPGRADE_REQUIRED"
        case tooLarge = "PAYLOAD_TOO_LARGE"
        case unsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
        case validation = "VALIDATION_ERROR"
        case rateLimited = "RATE_LIMITED"
        case internalError = "INTERNAL_ERROR"
        case badGateway = "BAD_GATEWAY"
        case unavailable = "SERVICE_UNAVAILABLE"
    }

    /// One field and what is wrong with it.
    package struct Detail: Sendable, Equatable {
        package var field: String
        package var message: String

        package init(field: String, message: String) {
            self.field = field
            self.message = message
        }
    }

    package var code: Code
    /// What happened and what to do, in English; pages have their own words for the common ones.
    package var message: String
    package var details: [Detail]
    /// A more exact code than `code`, such as a model's `MODEL_TIMEOUT`.
    package var specificCode: String?
    /// Seconds for the `Retry-After` header.
    package var retryAfter: Int?
    /// The methods that the address takes, for the `Allow` header.
    package var allowed: [HTTPRequest.Method] = []
    /// The count that is spent, of those who ask too often.
    var rate: RateVerdict?

    package init(
        _ code: Code,
        _ message: String,
        details: [Detail] = [],
        specificCode: String? = nil,
        retryAfter: Int? = nil
    ) {
        self.code = code
        self.message = message
        self.details = details
        self.specificCode = specificCode
        self.retryAfter = retryAfter
    }

    /// Also for what exists but belongs to somebody else.
    package static let notFound = WebError(.notFound, "There is nothing here, or it is not yours to see.")

    /// For forms of pages that were loaded before their browser went to another organisation.
    package static let otherOrganisation = WebError(
        .conflict,
        "This page belongs to another organization than the one that your browser works in now. Nothing was done."
    )

    package static func invalid(_ field: String, _ message: String) -> WebError {
        WebError(.validation, "Some fields need mending.", details: [Detail(field: field, message: message)])
    }

    /// Fields that were left out.
    static func needed(_ fields: [String]) -> WebError {
        var error = WebError(.validation, "Some fields need mending.")
        error.details = fields.map { Detail(field: $0, message: "This field is needed.") }
        return error
    }

    package var status: HTTPResponse.Status {
        switch code {
        case .badRequest: .badRequest
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .conflict: .conflict
        case .preconditionFailed: .preconditionFailed
        case .upgradeRequired: .upgradeRequired
        case .tooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .validation: .unprocessableContent
        case .rateLimited: .tooManyRequests
        case .internalError: .internalServerError
        case .badGateway: .badGateway
        case .unavailable: .serviceUnavailable
        case .requestTimeout: .requestTimeout
        }
    }
}

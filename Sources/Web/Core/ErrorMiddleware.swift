import Engine
import HTTPTypes
package import Hummingbird
import Logging
import Storage

/// The one place where errors become answers: JSON under `/v1`, a page elsewhere. What we do not know stays in the log.
struct ErrorMiddleware: RouterMiddleware {
    let page: @Sendable (WebError, WebContext) throws -> Response
    /// The methods that an address of the API takes; none where there is nothing.
    let methods: @Sendable (String) -> [HTTPRequest.Method]

    func handle(
        _ request: Request,
        context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            if let refusal = context.refusal { throw refusal }
            return try await next(request, context)
        } catch {
            return answer(webError(from: error, request, context), request: request, context: context)
        }
    }

    private func answer(_ error: WebError, request: Request, context: WebContext) -> Response {
        var response = render(error, request: request, context: context)
        if !error.allowed.isEmpty { response.headers[.allow] = error.allowed.map(\.rawValue).joined(separator: ", ") }
        if let seconds = error.retryAfter { response.headers[.retryAfter] = String(seconds) }
        error.rate?.write(into: &response.headers)
        return response
    }

    private func render(_ error: WebError, request: Request, context: WebContext) -> Response {
        if request.isForOpenAI { return OpenAIError(error).response }
        if request.isForAPI { return Envelope.failure(error, requestID: context.requestID) }
        if error.code == .unauthorized, request.method == .get {
            return .redirect(to: "/sign-in?next=" + percentEncoded(request.uri.description))
        }
        do {
            return try page(error, context)
        } catch {
            context.logger.error("The error page failed", metadata: ["error": "\(error)"])
            return Response(
                status: .internalServerError,
                headers: [.contentType: "text/plain; charset=utf-8"],
                body: .init(byteBuffer: .init(string: "Something failed here. Try again in a moment."))
            )
        }
    }

    private func webError(from error: any Error, _ request: Request, _ context: WebContext) -> WebError {
        if let error = error as? HTTPError, error.status == .notFound, request.isForAPI {
            return nothing(at: request.uri.path)
        }
        return Self.webError(from: error, context: context)
    }

    static func webError(from error: any Error, context: WebContext) -> WebError {
        webError(from: error, in: context.requestID, logger: context.logger)
    }

    /// `request`: under which name the log has it.
    static func webError(from error: any Error, in request: String, logger: Logger) -> WebError {
        switch error {
        case let error as WebError: return error
        case let error as ModelError: return WebError(error)
        case let error as BudgetExceeded: return WebError(error)
        case is CancellationError:
            return WebError(.unavailable, "The request was not finished: the caller left, or the server ends.")
        case let error as StorageError: return webError(from: error, in: request, logger: logger)
        case let error as HTTPError: return webError(from: error)
        default:
            logger.error(
                "A request failed",
                metadata: ["error": "\(String(reflecting: error))", "request": "\(request)"]
            )
            return WebError(
                .internalError,
                "Something failed on the server. Try again; if it stays, the log has more under \(request)."
            )
        }
    }

    /// The router knows no such route: the address may take other methods.
    private func nothing(at path: String) -> WebError {
        let allowed = methods(path)
        guard !allowed.isEmpty else { return WebError(.notFound, "There is no such address.") }
        var error = WebError(.methodNotAllowed, "This address does not take this method.")
        error.allowed = allowed
        return error
    }

    private static func webError(from error: StorageError, in request: String, logger: Logger) -> WebError {
        switch error.code {
        case .conflict(let field):
            WebError(
                .conflict,
                error.message,
                details: [.init(field: asked(field), message: error.message)]
            )
        case .invalid(let field): .invalid(asked(field), error.message)
        case .unfit: unfit(error, request, logger)
        case .forbidden: WebError(.forbidden, error.message)
        case .changed: WebError(.preconditionFailed, error.message)
        case .unavailable:
            WebError(.unavailable, "The database does not answer at the moment. Try again shortly.", retryAfter: 2)
        default:
            logged(error, request, logger)
        }
    }

    /// What the caller knows a field as: the key of a turn comes in a header, as all other keys do.
    private static func asked(_ field: String) -> String {
        field == "idempotency_key" ? HTTPField.Name.idempotencyKey.rawName : field
    }

    /// The caller's mistake, and ours: nobody has checked it before.
    private static func unfit(_ error: StorageError, _ request: String, _ logger: Logger) -> WebError {
        logger.notice(
            "The store cannot keep a value",
            metadata: ["error": "\(String(reflecting: error))", "request": "\(request)"]
        )
        return WebError(.validation, error.message)
    }

    private static func logged(_ error: StorageError, _ request: String, _ logger: Logger) -> WebError {
        logger.error(
            "The store failed",
            metadata: ["error": "\(String(reflecting: error))", "request": "\(request)"]
        )
        return WebError(
            .internalError,
            "Something failed on the server. Try again; the log has more under \(request)."
        )
    }

    private static func webError(from error: HTTPError) -> WebError {
        switch error.status {
        case .notFound: .notFound
        case .methodNotAllowed: WebError(.methodNotAllowed, "This address does not take this method.")
        case .contentTooLarge: WebError(.tooLarge, "This is longer than the server accepts.")
        case .unsupportedMediaType: WebError(.unsupportedMediaType, "The server does not read this content type here.")
        case .unauthorized: WebError(.unauthorized, "Sign in first.")
        default:
            error.status.code < 500
                ? WebError(.badRequest, error.body ?? "The request could not be read.")
                : WebError(.internalError, "Something failed on the server. Try again.")
        }
    }
}

/// A text as it may stand in a query.
func percentEncoded(_ text: String) -> String {
    text.utf8.reduce(into: "") { result, byte in
        let scalar = Unicode.Scalar(byte)
        let isPlain = (byte < 0x80 && scalar.properties.isAlphabetic) || (0x30...0x39).contains(byte)
        if isPlain || "-._~/".unicodeScalars.contains(scalar) {
            result.unicodeScalars.append(scalar)
        } else {
            let digits = String(byte, radix: 16, uppercase: true)
            result += "%" + (digits.count == 1 ? "0" : "") + digits
        }
    }
}

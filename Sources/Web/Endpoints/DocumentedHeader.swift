import HTTPTypes

/// A header of answers that the reference explains.
struct DocumentedHeader: Sendable {
    let name: String
    let schema: Schema
    let about: String

    static let requestID = DocumentedHeader(
        name: "X-Request-Id",
        schema: .text,
        about: "The caller's, or one of the server's own: the log has more under it."
    )
    static let retryAfter = DocumentedHeader(name: "Retry-After", schema: .integer, about: "Seconds.")
    static let tag = DocumentedHeader(
        name: "ETag",
        schema: .text,
        about: "Tells this version of the thing from others."
    )
    static let all = [requestID, retryAfter, tag]

    var json: JSONObject {
        JSONObject {
            $0.set("description", about)
            $0.set("schema", schema.json)
        }
    }

    var reference: JSONObject { JSONObject { $0.set("$ref", "#/components/headers/\(name)") } }
}

/// A header that a caller may send.
struct RequestHeader: Sendable {
    let name: String
    let schema: Schema
    let about: String

    static let lastEventID = RequestHeader(
        name: "Last-Event-ID",
        schema: .text,
        about: "The id of the last event that you have: the stream goes on behind it."
    )

    static let idempotencyKey = RequestHeader(
        name: "Idempotency-Key",
        schema: .text(1...255),
        about: "Of your making: with it the request is done once, and answered alike for a day."
    )
    static let ifNoneMatch = RequestHeader(
        name: "If-None-Match",
        schema: .text(1...1000),
        about: "An `ETag`: the answer is 304 as long as the thing is as it was."
    )
    static let ifMatch = RequestHeader(
        name: "If-Match",
        schema: .text(1...1000),
        about: "An `ETag`: nothing is changed and the answer is 412 when the thing is not as it was."
    )
    static let prefer = RequestHeader(
        name: "Prefer",
        schema: .text.example("\"respond-async\""),
        about: "`respond-async`: answered at once with the run."
    )

    static let mcpSession = RequestHeader(
        name: "Mcp-Session-Id",
        schema: .uuid,
        about: "As the answer to `initialize` named it: calls of a session can be cancelled, and are found again."
    )

    var parameter: JSONObject {
        JSONObject {
            $0.set("name", name)
            $0.set("in", "header")
            $0.set("description", about)
            $0.set("required", false)
            $0.set("schema", schema.json)
        }
    }
}

extension WebError.Code {
    /// When it is answered, in a sentence.
    var about: String {
        switch self {
        case .badRequest: "The request cannot be read."
        case .unauthorized: "Nobody is signed in, or not any more."
        case .forbidden: "Whoever is signed in may not do this, or the key was not made for it."
        case .notFound: "There is nothing here, or it is not yours to see."
        case .methodNotAllowed: "The address does not take this method; `Allow` has those that it takes."
        case .requestTimeout: "The body took too long to arrive."
        case .conflict: "It does not fit to what is there: a name is taken, or something is under way."
        case .preconditionFailed: "It has changed since `If-Match` was read."
        case .upgradeRequired: "This address is opened as a WebSocket."
        case .tooLarge: "The body is longer than the server accepts."
        case .unsupportedMediaType: "The body is of another type than the server reads here."
        case .validation: "Some fields need mending; `details` names them."
        case .rateLimited: "Too many requests; `Retry-After` has the seconds to wait."
        case .internalError: "Something failed on the server."
        case .badGateway: "A provider, or a server elsewhere, failed."
        case .unavailable: "The server cannot answer at the moment."
        }
    }

    /// As the document describes it.
    var response: JSONObject {
        let error = WebError(self, about)
        let example = JSONObject { json in
            json.set("success", false)
            json.set(
                "error",
                JSONObject {
                    $0.set("code", rawValue)
                    $0.set("message", about)
                    let detail = JSONObject {
                        $0.set("field", "name")
                        $0.set("message", "This field is needed.")
                    }
                    $0.set("details", self == .validation ? [detail] : [])
                }
            )
            json.raw("meta", Schema.meta.sample())
        }
        return response(error.status, .failure, example: example.text)
    }

    /// The same in OpenAI's API.
    var openAIResponse: JSONObject {
        let error = OpenAIError(WebError(self, about))
        return response(error.status, .openAIFailure, example: error.json)
    }

    private func response(_ status: HTTPResponse.Status, _ schema: Schema, example: String) -> JSONObject {
        return JSONObject {
            $0.set("description", "\(status.code) \(status.reasonPhrase). \(about)")
            $0.set(
                "headers",
                JSONObject {
                    $0.set("X-Request-Id", DocumentedHeader.requestID.reference)
                    if [.rateLimited, .unavailable].contains(self) {
                        $0.set("Retry-After", DocumentedHeader.retryAfter.reference)
                    }
                }
            )
            $0.set(
                "content",
                JSONObject {
                    $0.set(
                        "application/json",
                        JSONObject {
                            $0.set("schema", schema.json)
                            $0.raw("example", example)
                        }
                    )
                }
            )
        }
    }
}

import HTTPTypes

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
        return response(error.status, .failure, headers, example: example.text)
    }

    /// The same in OpenAI's API.
    var openAIResponse: JSONObject {
        let error = OpenAIError(WebError(self, about))
        let ownHeaders: [DocumentedHeader] = [.conflict, .rateLimited].contains(self) ? [.shouldRetry] : []
        return response(error.status, .openAIFailure, headers + ownHeaders, example: error.json)
    }

    private var headers: [DocumentedHeader] {
        let own: [DocumentedHeader] =
            switch self {
            case .unauthorized: [.authenticate]
            case .methodNotAllowed: [.allow]
            case .rateLimited, .unavailable, .badGateway: [.retryAfter]
            default: []
            }
        return DocumentedHeader.everywhere + own
    }

    private func response(
        _ status: HTTPResponse.Status,
        _ schema: Schema,
        _ headers: [DocumentedHeader],
        example: String
    ) -> JSONObject {
        JSONObject {
            $0.set("description", "\(status.code) \(status.reasonPhrase). \(about)")
            $0.set("headers", DocumentedHeader.references(headers))
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

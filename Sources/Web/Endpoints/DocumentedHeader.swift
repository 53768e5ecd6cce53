/// A header of answers that the reference explains.
struct DocumentedHeader: Sendable {
    let name: String
    let schema: Schema
    let about: String

    private init(_ name: String, _ schema: Schema, _ about: String) {
        (self.name, self.schema, self.about) = (name, schema, about)
    }

    static let requestID = DocumentedHeader(
        "X-Request-Id",
        .text,
        "The caller's, or one of the server's own: the log has more under it."
    )
    static let retryAfter = DocumentedHeader("Retry-After", .integer, "Seconds.")
    static let tag = DocumentedHeader("ETag", .text, "Tells this version of the thing from others.")
    static let location = DocumentedHeader("Location", .text, "Where the run is, which goes on or rests.")
    static let replayed = DocumentedHeader(
        "Idempotent-Replayed",
        .choice("true"),
        "That the `Idempotency-Key` came before: nothing was done, and this is what was answered then."
    )
    static let preferenceApplied = DocumentedHeader(
        "Preference-Applied",
        .choice("respond-async"),
        "What of `Prefer` was done."
    )
    static let disposition = DocumentedHeader("Content-Disposition", .text, "Under which name the file is to be kept.")
    static let allow = DocumentedHeader("Allow", .text, "The methods that the address takes, parted by commas.")
    static let authenticate = DocumentedHeader("WWW-Authenticate", .choice("Bearer"), "How to say who asks.")
    static let shouldRetry = DocumentedHeader(
        "X-Should-Retry",
        .choice("false"),
        "That the same request would do no better."
    )
    static let runID = DocumentedHeader("X-Run-Id", .uuid, "The agent's run that answers.")
    static let mcpSession = DocumentedHeader(
        "Mcp-Session-Id",
        .uuid,
        "A new session, to be named by what follows `initialize`."
    )

    /// How the count of requests stands, where there is a limit.
    static let limits = [
        DocumentedHeader("RateLimit-Policy", .text, "The limit and its window in seconds: `600;w=60`."),
        DocumentedHeader(
            "RateLimit-Limit",
            .integer,
            "How many requests there may be in a minute; the same as `X-RateLimit-Limit`."
        ),
        DocumentedHeader("RateLimit-Remaining", .integer, "How many are left; the same as `X-RateLimit-Remaining`."),
        DocumentedHeader(
            "RateLimit-Reset",
            .integer,
            "In how many seconds all are there again; the same as `X-RateLimit-Reset`."
        ),
    ]

    /// Of every answer but that to a handshake.
    static let everywhere = [requestID] + limits

    static let all =
        everywhere + [
            retryAfter, tag, location, replayed, preferenceApplied, disposition, allow, authenticate, shouldRetry,
            runID, mcpSession,
        ]

    var json: JSONObject {
        JSONObject {
            $0.set("description", about)
            $0.set("schema", schema.json)
        }
    }

    private var reference: JSONObject { JSONObject { $0.set("$ref", "#/components/headers/\(name)") } }

    /// As an answer names them, each once.
    static func references(_ headers: [DocumentedHeader]) -> JSONObject {
        var known: Set<String> = []
        return JSONObject { json in
            for header in headers where known.insert(header.name).inserted { json.set(header.name, header.reference) }
        }
    }
}

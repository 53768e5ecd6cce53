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
    static let location = DocumentedHeader(
        name: "Location",
        schema: .text,
        about: "Where the run is, which goes on or rests."
    )
    static let replayed = DocumentedHeader(
        name: "Idempotent-Replayed",
        schema: .choice("true"),
        about: "That the `Idempotency-Key` came before: nothing was done, and this is what was answered then."
    )
    static let preferenceApplied = DocumentedHeader(
        name: "Preference-Applied",
        schema: .choice("respond-async"),
        about: "What of `Prefer` was done."
    )
    static let disposition = DocumentedHeader(
        name: "Content-Disposition",
        schema: .text,
        about: "Under which name the file is to be kept."
    )
    static let allow = DocumentedHeader(
        name: "Allow",
        schema: .text,
        about: "The methods that the address takes, parted by commas."
    )
    static let authenticate = DocumentedHeader(
        name: "WWW-Authenticate",
        schema: .choice("Bearer"),
        about: "How to say who asks."
    )
    static let shouldRetry = DocumentedHeader(
        name: "X-Should-Retry",
        schema: .choice("false"),
        about: "That the same request would do no better."
    )
    static let runID = DocumentedHeader(name: "X-Run-Id", schema: .uuid, about: "The agent's run that answers.")
    static let mcpSession = DocumentedHeader(
        name: "Mcp-Session-Id",
        schema: .uuid,
        about: "A new session, to be named by what follows `initialize`."
    )

    /// How the count of requests stands, where there is a limit.
    static let limits = [
        DocumentedHeader(
            name: "RateLimit-Policy",
            schema: .text,
            about: "The limit and its window in seconds: `600;w=60`."
        ),
        DocumentedHeader(
            name: "RateLimit-Limit",
            schema: .integer,
            about: "How many requests there may be in a minute; the same as `X-RateLimit-Limit`."
        ),
        DocumentedHeader(
            name: "RateLimit-Remaining",
            schema: .integer,
            about: "How many are left; the same as `X-RateLimit-Remaining`."
        ),
        DocumentedHeader(
            name: "RateLimit-Reset",
            schema: .integer,
            about: "In how many seconds all are there again; the same as `X-RateLimit-Reset`."
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

/// A header that a caller may send.
struct RequestHeader: Sendable {
    let name: String
    let schema: Schema
    let about: String

    private init(_ name: String, _ schema: Schema, _ about: String) {
        (self.name, self.schema, self.about) = (name, schema, about)
    }

    static let lastEventID = RequestHeader(
        "Last-Event-ID",
        .text,
        "The id of the last event that you have: the stream goes on behind it."
    )

    static let idempotencyKey = RequestHeader(
        "Idempotency-Key",
        .text(1...255),
        "Of your making: with it the request is done once, and answered alike for a day."
    )
    static let ifNoneMatch = RequestHeader(
        "If-None-Match",
        .text(1...1000),
        "An `ETag`: the answer is 304 as long as the thing is as it was."
    )
    static let ifMatch = RequestHeader(
        "If-Match",
        .text(1...1000),
        "An `ETag`: nothing is changed and the answer is 412 when the thing is not as it was."
    )
    static let prefer = RequestHeader(
        "Prefer",
        .text.example("\"respond-async\""),
        "`respond-async`: answered at once with the run."
    )

    static let mcpSession = RequestHeader(
        "Mcp-Session-Id",
        .uuid,
        "As the answer to `initialize` named it: calls of a session can be cancelled, and are found again."
    )

    /// Of every call that somebody makes who is signed in.
    static let organisation = RequestHeader(
        "X-Organization-Id",
        .uuid,
        "In which of one's organizations to work, with an access token; without it in one's own. An API key works where it was made."
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

    /// Where the document has it, for those that many calls take.
    var reference: JSONObject { JSONObject { $0.set("$ref", "#/components/parameters/\(name)") } }
}

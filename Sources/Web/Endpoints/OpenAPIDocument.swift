import Engine
import HTTPTypes

/// The reference for programs: OpenAPI 3.1, made of the same endpoints that the router is made of.
struct OpenAPIDocument: Sendable {
    let endpoints: [Endpoint]
    let settings: WebSettings

    /// As JSON.
    var text: String {
        JSONObject {
            $0.set("openapi", "3.1.0")
            $0.set("info", info)
            $0.set("servers", [JSONObject { $0.set("url", settings.publicURL ?? "/") }])
            $0.set("tags", tags)
            $0.set("security", [Self.needs(Self.bearer), Self.needs("apiKey")])
            $0.set("paths", paths)
            $0.set("components", components)
        }.text
    }

    private var info: JSONObject {
        JSONObject {
            $0.set("title", "ALMA API")
            $0.set("version", settings.version)
            $0.set("summary", "Teams of people and agents: the JSON API.")
            $0.set("description", Self.introduction)
            $0.set(
                "contact",
                JSONObject {
                    $0.set("name", "ALMA Team")
                    $0.set("email", "support@alma.example.com")
                }
            )
            $0.set(
                "license",
                JSONObject {
                    $0.set("name", "MIT")
                    $0.set("url", "https://opensource.org/licenses/MIT")
                }
            )
        }
    }

    /// Only those that something belongs to.
    private var tags: [JSONObject] {
        let used = Set(endpoints.map(\.tag))
        return EndpointTag.allCases.filter(used.contains).map { tag in
            JSONObject {
                $0.set("name", tag.rawValue)
                $0.set("description", tag.about)
            }
        }
    }

    private var paths: JSONObject {
        var order: [String] = []
        for endpoint in endpoints where !order.contains(endpoint.path) { order.append(endpoint.path) }
        let byPath = Dictionary(grouping: endpoints, by: \.path)
        return JSONObject { json in
            for path in order {
                let operations = JSONObject { object in
                    for endpoint in byPath[path] ?? [] {
                        let isRead = endpoints.contains { $0.isReading(of: endpoint) }
                        object.set(endpoint.method.rawValue.lowercased(), endpoint.operation(isRead: isRead))
                    }
                }
                json.set(path, operations)
            }
        }
    }

    private var components: JSONObject {
        var named: [String: Schema] = [:]
        for schema in [Schema.meta, .pagination, .failure, .openAIFailure] { schema.collect(into: &named) }
        for endpoint in endpoints { endpoint.schemas.forEach { $0.collect(into: &named) } }
        return JSONObject {
            $0.set(
                "schemas",
                JSONObject {
                    for (name, schema) in named.sorted(by: { $0.key < $1.key }) { $0.set(name, schema.definition) }
                }
            )
            $0.set(
                "responses",
                JSONObject {
                    for code in WebError.Code.allCases {
                        $0.set(code.rawValue, code.response)
                        $0.set(OpenAIError.responsePrefix + code.rawValue, code.openAIResponse)
                    }
                    $0.set(Self.notModified.name, Self.notModified.json)
                }
            )
            $0.set(
                "parameters",
                JSONObject { $0.set(RequestHeader.organisation.name, RequestHeader.organisation.parameter) }
            )
            $0.set("headers", JSONObject { for header in DocumentedHeader.all { $0.set(header.name, header.json) } })
            $0.set("securitySchemes", Self.securitySchemes)
        }
    }

    /// The name that 002 gives it.
    static let bearer = "HTTPBearer"

    private static let securitySchemes = JSONObject {
        $0.set(
            OpenAPIDocument.bearer,
            JSONObject {
                $0.set("type", "http")
                $0.set("scheme", "bearer")
                $0.set("bearerFormat", "JWT")
                $0.set(
                    "description",
                    "An access token of `POST /v1/login/access-token`, or an API key, which begins with `alma_`."
                )
            }
        )
        $0.set(
            "apiKey",
            JSONObject {
                $0.set("type", "apiKey")
                $0.set("in", "header")
                $0.set("name", "X-API-Key")
                $0.set("description", "An API key of `POST /v1/api-keys`.")
            }
        )
    }

    /// The answer to a read whose `If-None-Match` holds.
    static let notModified = (
        name: "NOT_MODIFIED",
        reference: JSONObject { $0.set("$ref", "#/components/responses/NOT_MODIFIED") },
        json: JSONObject {
            $0.set("description", "It is still as `If-None-Match` has it.")
            let headers = DocumentedHeader.everywhere + [DocumentedHeader.tag, .disposition]
            $0.set("headers", DocumentedHeader.references(headers))
        }
    )

    static func needs(_ scheme: String) -> JSONObject { JSONObject { $0.set(scheme, [String]()) } }

    private static let introduction = """
        Every answer is an envelope: `success`, then `data` or `error`, `pagination` for pages, and `meta` with the time \
        and the request's id. An error has a `code` for programs, a `message` for people, and `details` by field. What \
        belongs to somebody else answers 404, as what does not exist.

        Sign in at `POST /v1/login/access-token` and send `Authorization: Bearer …`, or make an API key and send it so, or \
        as `X-API-Key`.

        A `POST` with an `Idempotency-Key` is done once, however often it is sent: for a day it is answered as the first \
        time. What is read has an `ETag`; with `If-None-Match` it is answered 304 as long as it stays, and with \
        `If-Match` a change is refused with 412 when it has not. How many requests are left stands in `RateLimit-*`; \
        beyond them the answer is 429 with `Retry-After`. `X-Request-Id` comes back as it was sent.

        A person who belongs to several organizations says with `X-Organization-Id` in which of them to work.

        What is under `/openai/v1` answers as OpenAI's API does, errors too: without the envelope. `/mcp` is spoken to in \
        JSON-RPC 2.0, as the Model Context Protocol has it; only what is refused before a message is read has the envelope.
        """
}

extension Schema {
    static let meta = object("Meta", [.date("timestamp"), .text("request_id", "Also in `X-Request-Id`.")])

    static let pagination = object(
        "Pagination",
        [
            .integer("page"), .integer("per_page"),
            .integer("total", "Where counting ends at 10000, that many or more."),
            .integer("total_pages"), .flag("has_next"), .flag("has_prev"),
        ]
    )

    /// Each of a stream of records.
    static func event(of record: Schema) -> Schema {
        object([
            .field("id", .text.about("Its place, by which to come back.").example("\"7\"")).orMissing,
            .field("data", .packed(record).about("A record: `type`, `data`, `timestamp`.")),
        ])
    }

    /// Of every error.
    static let failure = object(
        "Failure",
        [
            .field("success", .boolean.example("false")),
            .field(
                "error",
                .object([
                    .field("code", .errorCode),
                    .text("message", "For people."),
                    .list("details", of: .object([.text("field"), .text("message")])),
                ])
            ),
            .field("meta", meta),
        ]
    )

    /// The envelope of a success.
    static func envelope(_ data: Schema, isPage: Bool = false) -> Schema {
        object(
            [.field("success", .boolean), .field("data", data)] + (isPage ? [.field("pagination", pagination)] : [])
                + [.field("meta", meta)]
        )
    }
}

import HTTPTypes
import Hummingbird

/// What a body looks like in the reference.
struct EndpointContent: Sendable {
    var mediaType: String
    /// Asked for when the reference is made.
    var schema: @Sendable () -> Schema
}

/// A body, and how it is read.
struct EndpointBody<Input: Sendable>: Sendable {
    let content: EndpointContent
    let read: @Sendable (Request, WebContext) async throws -> Input
}

extension EndpointBody where Input: Decodable {
    /// JSON, decoded as `type`; `hints` say by field (`name`, `rate_limit.concurrent`, `tools..id` for items of a list) what the
    /// type does not.
    static func json(_ type: Input.Type, _ hints: [String: SchemaRecorder.Hint] = [:]) -> Self {
        Self(
            content: EndpointContent(mediaType: "application/json") { SchemaRecorder.schema(of: type, hints) },
            read: { request, context in try await request.decodeJSON(type, context: context) }
        )
    }
}

extension EndpointBody where Input == Form {
    /// The fields of a form, as a page would send them.
    static func form(_ fields: [Schema.Field]) -> Self {
        Self(
            content: EndpointContent(mediaType: "application/x-www-form-urlencoded") { .object(fields) },
            read: { request, _ in
                guard request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") ?? true else {
                    throw WebError(
                        .unsupportedMediaType,
                        "Send this form as application/x-www-form-urlencoded."
                    )
                }
                return Form(body: String(buffer: try await request.boundedBody(upTo: 16_384)))
            }
        )
    }
}

extension EndpointContent {
    /// Files, read as they come.
    static let files = EndpointContent(mediaType: "multipart/form-data") {
        .object([.field("file", .list(.bytes.about("The bytes of a file.")))])
    }
}

import Engine
import HTTPTypes

/// One call as the reference explains it.
struct OperationView: Sendable {
    let id: String
    let method: String
    let path: String
    let summary: String
    let story: CodedText?
    let access: String
    let hasParameters: Bool
    let parameters: [Parameter]
    let body: Body?
    let replies: [Answer]
    let failures: [Failure]
    /// Where it can be tried.
    let trial: String

    struct Parameter: Sendable {
        let name: String
        let place: String
        let type: String
        let meaning: CodedText?
        let isRequired: Bool
    }

    struct Body: Sendable {
        let mediaType: String
        let hasRows: Bool
        let rows: [SchemaRows.Row]
        let example: String?
    }

    struct Answer: Sendable {
        let status: String
        let mediaType: String?
        let moment: CodedText?
        let hasRows: Bool
        let rows: [SchemaRows.Row]
        let example: String?
    }

    struct Failure: Sendable {
        let status: String
        let code: String
        let meaning: CodedText
    }

    init(_ endpoint: Endpoint, isRead: Bool, voice: Voice) {
        let rows = SchemaRows(voice: voice)
        id = endpoint.operationID
        method = endpoint.method.rawValue
        path = endpoint.path
        summary = endpoint.summary
        story = endpoint.about.map(CodedText.init)
        let access = endpoint.access.isAdministrative ? Endpoint.Access.superuser : endpoint.access
        self.access = voice.words["reference.access.\(access)"]
        parameters = Self.parameters(endpoint, isRead, rows)
        hasParameters = !parameters.isEmpty
        body = endpoint.content.map { content in
            let schema = content.schema()
            let fields = rows.rows(of: schema)
            return Body(
                mediaType: content.mediaType,
                hasRows: !fields.isEmpty,
                rows: fields,
                example: content.mediaType == "application/json" ? schema.sample().prettyJSON : nil
            )
        }
        replies = endpoint.replies.map { Self.answer($0, rows) }
        failures = endpoint.refusals(isRead).map {
            Failure(status: String(endpoint.status(of: $0)), code: $0.rawValue, meaning: CodedText($0.about))
        }.sorted { $0.status < $1.status }
        trial = "/docs/calls/\(endpoint.operationID)"
    }

    private static func parameters(_ endpoint: Endpoint, _ isRead: Bool, _ rows: SchemaRows) -> [Parameter] {
        func row(_ name: String, _ place: String, _ schema: Schema, _ about: String?, _ isRequired: Bool) -> Parameter {
            Parameter(
                name: name,
                place: place,
                type: rows.type(of: schema),
                meaning: about.map(CodedText.init),
                isRequired: isRequired
            )
        }
        return endpoint.parameters.map { row($0.name, "path", $0.schema, $0.schema.about, true) }
            + endpoint.query.map { row($0.name, "query", $0.schema, $0.schema.about, false) }
            + endpoint.headers(isRead).map { row($0.name, "header", $0.schema, $0.about, false) }
    }

    private static func answer(_ reply: Reply, _ rows: SchemaRows) -> Answer {
        let fields: [SchemaRows.Row] =
            switch reply.kind {
            case .object(let schema), .bare(let schema): rows.rows(of: schema)
            case .list(let schema), .page(let schema): rows.rows(of: schema, in: "[]")
            case .nothing, .events, .socket, .file: []
            }
        let type: String? =
            switch reply.kind {
            case .nothing, .socket: nil
            case .events: "text/event-stream"
            case .file(let types): types.joined(separator: ", ")
            case .object, .list, .page, .bare: "application/json"
            }
        return Answer(
            status: "\(reply.status.code) \(reply.status.reasonPhrase)",
            mediaType: type,
            moment: reply.about.map(CodedText.init),
            hasRows: !fields.isEmpty,
            rows: fields,
            example: reply.schema?.sample().prettyJSON
        )
    }
}

extension String {
    /// JSON for people; what is no JSON stays as it is.
    var prettyJSON: String { (try? JSONValue(parsing: self))?.pretty ?? self }
}

import Engine
import HTTPTypes

// What a call answers, as responses of OpenAPI.

extension Reply {
    var isEvents: Bool { if case .events = kind { true } else { false } }

    /// Whether it has an `ETag` where it is read: of a stream, which goes on, there are no versions.
    var isTagged: Bool {
        switch kind {
        case .object, .list, .page, .bare, .file: true
        case .nothing, .events, .socket: false
        }
    }

    /// Of the body; nil where it is no JSON.
    var schema: Schema? {
        switch kind {
        case .object(let schema): .envelope(schema)
        case .list(let schema): .envelope(.list(schema))
        case .page(let schema): .envelope(.list(schema), isPage: true)
        case .bare(let schema): schema
        case .nothing, .events, .socket, .file: nil
        }
    }

    /// All that it shows.
    var schemas: [Schema] {
        switch kind {
        case .events(let event): [event]
        case .socket(let said, let heard): [said, heard]
        default: [schema].compactMap(\.self)
        }
    }

    /// All that have one status.
    static func response(_ replies: [Reply], isTagged: Bool, isReplayed: Bool) -> JSONObject {
        JSONObject { json in
            let about = replies.compactMap(\.about).joined(separator: " ")
            json.set("description", about.isEmpty ? replies.first?.status.reasonPhrase ?? "" : about)
            var headers = replies.flatMap(\.allHeaders)
            if isTagged { headers.append(.tag) }
            if isReplayed { headers.append(.replayed) }
            json.set("headers", DocumentedHeader.references(headers))
            let contents = replies.flatMap(\.contents)
            if !contents.isEmpty {
                json.set("content", JSONObject { for (type, body) in contents { $0.set(type, body) } })
            }
            for case .socket(let said, let heard) in replies.map(\.kind) {
                // OpenAPI has no words for what comes after a handshake.
                json.set(
                    "x-socket",
                    JSONObject {
                        $0.set("client", said.json)
                        $0.set("server", heard.json)
                    }
                )
            }
        }
    }

    private var allHeaders: [DocumentedHeader] {
        switch kind {
        case .socket: [DocumentedHeader.requestID] + headers
        case .file: DocumentedHeader.everywhere + [DocumentedHeader.disposition] + headers
        default: DocumentedHeader.everywhere + headers
        }
    }

    private var contents: [(String, JSONObject)] {
        switch kind {
        case .nothing, .socket: return []
        case .events(let event):
            let stream = JSONObject {
                $0.set("schema", event.json)
                $0.set("example", event.frame)
            }
            return [("text/event-stream", stream)]
        case .file(let types): return types.map { ($0, JSONObject { $0.set("schema", Schema.text.json) }) }
        case .object, .list, .page, .bare:
            guard let schema else { return [] }
            let body = JSONObject {
                $0.set("schema", schema.json)
                $0.raw("example", schema.sample())
            }
            return [("application/json", body)]
        }
    }
}

extension Schema {
    /// An event of this form as it comes in a stream, a line a field.
    var frame: String {
        guard case .object(let fields) = kind, let example = try? JSONValue(parsing: sample()) else { return "" }
        return fields.map { "\($0.name): \(example[$0.name]?.string ?? "")\n" }.joined() + "\n"
    }
}

import Foundation
import HTTPTypes

/// A call as somebody fills it in.
struct CallDraft: Sendable {
    struct Input: Sendable {
        let id: String
        let name: String
        let schema: Schema
        let about: String?
        let isRequired: Bool
    }

    let endpoint: Endpoint
    let inputs: [Input]
    /// The files that go with it. They are sent on as they come, and not filled in again.
    let files: [Input]
    var values: [String: String] = [:]
    /// nil where none is sent.
    var body: String?
    var errors = FormErrors()

    /// As it is proposed.
    init(_ endpoint: Endpoint, isRead: Bool) {
        self.endpoint = endpoint
        inputs =
            endpoint.parameters.map {
                Input(id: "path-\($0.name)", name: $0.name, schema: $0.schema, about: $0.schema.about, isRequired: true)
            }
            + endpoint.query.map {
                Input(
                    id: "query-\($0.name)",
                    name: $0.name,
                    schema: $0.schema,
                    about: $0.schema.about,
                    isRequired: false
                )
            }
            + endpoint.headers(isRead).map {
                Input(id: "header-\($0.name)", name: $0.name, schema: $0.schema, about: $0.about, isRequired: false)
            }
        files = endpoint.fileFields.map {
            Input(id: $0.name, name: $0.name, schema: $0.schema, about: $0.schema.about, isRequired: $0.isRequired)
        }
        guard !endpoint.takesFiles else { return }
        body = endpoint.content.map { content in
            content.mediaType == "application/json" ? content.schema().sample().prettyJSON : Self.form(content.schema())
        }
    }

    /// As it was typed.
    init(_ endpoint: Endpoint, isRead: Bool, form: Form, words: Words) {
        self.init(endpoint, isRead: isRead)
        for input in inputs { values[input.id] = form.trimmed(input.id) }
        if body != nil { body = form["body"] }
        for input in inputs where input.isRequired && (values[input.id] ?? "").isEmpty {
            errors.add(input.id, words["reference.needed"])
        }
    }

    /// The address with what was typed in its places; nothing that was typed leads out of it.
    var address: String {
        let path = endpoint.parameters.reduce(endpoint.path) { path, parameter in
            path.replacing("{\(parameter.name)}", with: Self.encoded(values["path-\(parameter.name)"] ?? ""))
        }
        let query = endpoint.query.compactMap { field in
            let value = values["query-\(field.name)"] ?? ""
            return value.isEmpty ? nil : "\(field.name)=\(Self.encoded(value))"
        }
        return query.isEmpty ? path : path + "?" + query.joined(separator: "&")
    }

    /// Those that were typed; what cannot stand in a header is left out.
    var headers: HTTPFields {
        var headers: HTTPFields = [:]
        for input in inputs where input.id.hasPrefix("header-") {
            guard let value = values[input.id], !value.isEmpty, let name = HTTPField.Name(input.name),
                HTTPField.isValidValue(value)
            else { continue }
            headers[name] = value
        }
        headers[.contentType] = endpoint.content?.mediaType
        return headers
    }

    private static func encoded(_ text: String) -> String { percentEncoded(text).replacing("/", with: "%2F") }

    private static func form(_ schema: Schema) -> String {
        guard case .object(let fields) = schema.kind else { return "" }
        return fields.map { "\($0.name)=" }.joined(separator: "&")
    }
}

import Engine

// A schema as JSON Schema (draft 2020-12, as OpenAPI 3.1 takes it), and as a value that fits it.

extension Schema {
    /// A reference where it has a name.
    var json: JSONObject {
        guard let name else { return definition }
        let reference = JSONObject { $0.set("$ref", "#/components/schemas/\(name)") }
        return isNullable ? JSONObject { $0.set("anyOf", [reference, .null]) } : reference
    }

    /// All of it, whatever its name.
    var definition: JSONObject {
        JSONObject { json in
            if let about { json.set("description", about) }
            write(into: &json)
            if let example { json.raw("examples", "[\(example)]") }
        }
    }

    /// Those with a name in it, itself included, by name.
    func collect(into named: inout [String: Schema]) {
        if let name {
            guard named[name] == nil else { return }
            named[name] = with { $0.isNullable = false }
        }
        switch kind {
        case .list(let item, _), .map(let item), .packed(let item): item.collect(into: &named)
        case .object(let fields): for field in fields { field.schema.collect(into: &named) }
        case .either(let schemas): for schema in schemas { schema.collect(into: &named) }
        case .anything, .boolean, .bytes, .integer, .number, .text: break
        }
    }

    /// How each file of a form is sent. Without it a part that is described as a string would be taken for plain text.
    var encoding: JSONObject? {
        let files = fileFields
        guard !files.isEmpty else { return nil }
        return JSONObject { json in
            for field in files { json.set(field.name, JSONObject { $0.set("contentType", Self.anyMediaType) }) }
        }
    }

    /// Of a file, whatever is in it: the type that its sender gives it is not looked at.
    private static let anyMediaType = "application/octet-stream"

    private func write(into json: inout JSONObject) {
        switch kind {
        case .anything: break
        case .boolean: json.type("boolean", isNullable)
        case .number(let range):
            json.type("number", isNullable)
            if let range {
                json.raw("minimum", "\(range.lowerBound)")
                json.raw("maximum", "\(range.upperBound)")
            }
        case .integer(let range):
            json.type("integer", isNullable)
            if let range {
                json.set("minimum", range.lowerBound)
                json.set("maximum", range.upperBound)
            }
        case .text(let format, let values, let length):
            json.type("string", isNullable)
            if let format { json.set("format", format) }
            if let length {
                json.set("minLength", length.lowerBound)
                json.set("maxLength", length.upperBound)
            }
            let names = values.map { JSONValue.string($0).text } + (isNullable ? ["null"] : [])
            if !values.isEmpty { json.raw("enum", "[" + names.joined(separator: ",") + "]") }
        case .bytes:
            json.type("string", isNullable)
            json.set("contentMediaType", Self.anyMediaType)
        case .packed(let content):
            json.type("string", isNullable)
            json.set("contentMediaType", "application/json")
            json.set("contentSchema", content.json)
        case .list(let item, let count):
            json.type("array", isNullable)
            json.set("items", item.json)
            if let count {
                json.set("minItems", count.lowerBound)
                json.set("maxItems", count.upperBound)
            }
        case .map(let value):
            json.type("object", isNullable)
            json.set("additionalProperties", value.json)
        case .object(let fields):
            json.type("object", isNullable)
            json.set("properties", JSONObject { for field in fields { $0.set(field.name, field.schema.json) } })
            let required = fields.filter(\.isRequired).map(\.name)
            if !required.isEmpty { json.set("required", required) }
        case .either(let schemas): json.set("anyOf", schemas.map(\.json) + (isNullable ? [.null] : []))
        }
    }
}

extension JSONObject {
    fileprivate static var null: JSONObject { JSONObject { $0.set("type", "null") } }

    fileprivate mutating func type(_ name: String, _ isNullable: Bool) {
        if isNullable { set("type", [name, "null"]) } else { set("type", name) }
    }
}

extension Schema {
    /// JSON that fits, for a value called `name`.
    func sample(_ name: String = "") -> String {
        if let example { return example }
        switch kind {
        case .anything, .map: return "{}"
        case .boolean: return "true"
        case .integer(let range): return String(range.map { max($0.lowerBound, min(20, $0.upperBound)) } ?? 20)
        case .number: return "1.25"
        case .text(let format, let values, _): return JSONValue.string(text(name, format, values)).text
        case .bytes: return JSONValue.string("Hostas grow in the shade.\n").text
        case .packed(let content): return JSONValue.string(content.sample()).text
        case .list(let item, _): return "[\(item.sample(name))]"
        case .either(let schemas): return schemas.first?.sample(name) ?? "null"
        case .object(let fields):
            return JSONObject { for field in fields { $0.raw(field.name, field.schema.sample(field.name)) } }.text
        }
    }

    private func text(_ name: String, _ format: String?, _ values: [String]) -> String {
        if let first = values.first { return first }
        switch format {
        case "uuid": return "0197a3c5-7d3e-7c1a-9b56-3f1d2c4b5a69"
        case "date-time": return "2026-11-21T10:00:00.000Z"
        case "date": return "2026-11-21"
        default: return Self.words[name] ?? "text"
        }
    }

    /// What stands for a text of this name.
    private static let words = [
        "email": "ada@example.org", "username": "ada@example.org", "password": "correct horse 9",
        "current_password": "correct horse 9", "new_password": "another horse 9", "nickname": "Ada",
        "title": "A plan for the garden", "content": "What grows in the shade?", "name": "gardener",
        "display_name": "The gardener", "instruction": "You know plants. Be brief.", "currency": "EUR",
        "timezone": "Europe/Berlin", "language": "en", "place": "https://mcp.example.org/mcp",
        "api_base_url": "https://api.example.org/v1", "hosts": "api.example.org", "path": "notes.txt",
    ]
}

import Foundation

/// Looks a schema over before it is used.
struct SchemaReader {
    let root: JSONValue

    private static let types: Set<String> = ["null", "boolean", "object", "array", "number", "integer", "string"]
    private static let schemas = [
        "additionalProperties", "propertyNames", "items", "contains", "not", "if", "then", "else",
    ]
    private static let listsOfSchemas = ["allOf", "anyOf", "oneOf", "prefixItems"]
    private static let mapsOfSchemas = ["properties", "$defs", "dependentSchemas"]
    private static let counts = [
        "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains",
        "maxContains",
    ]
    private static let numbers = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]

    func read(_ schema: JSONValue, at path: String) throws {
        if schema.bool != nil { return }
        guard let members = schema.object else { throw wrong(path, "is neither an object nor true nor false") }
        for (key, value) in members { try read(key, value, at: "\(path)/\(key)") }
    }

    private func read(_ key: String, _ value: JSONValue, at path: String) throws {
        switch key {
        case "type":
            let names = value.array?.map(\.string) ?? [value.string]
            guard !names.isEmpty, names.allSatisfy({ Self.types.contains($0 ?? "") }) else {
                throw wrong(path, "names a type that JSON Schema does not have")
            }
        case "$ref":
            guard let reference = value.string, root.resolve(reference) != nil else {
                throw wrong(path, "leads nowhere; only references within the schema can be followed")
            }
        case "enum": if value.array == nil { throw wrong(path, "is not a list") }
        case "required":
            guard let names = value.array, names.allSatisfy({ $0.string != nil }) else {
                throw wrong(path, "is not a list of names")
            }
        case "multipleOf" where (value.decimal ?? 0) <= 0: throw wrong(path, "is not a number above 0")
        case _ where Self.numbers.contains(key): if value.decimal == nil { throw wrong(path, "is not a number") }
        case _ where Self.counts.contains(key): if (value.int ?? -1) < 0 { throw wrong(path, "is not a count") }
        case _ where Self.schemas.contains(key): try read(value, at: path)
        case _ where Self.listsOfSchemas.contains(key):
            guard let items = value.array, !items.isEmpty else { throw wrong(path, "is not a list of schemas") }
            for (index, item) in items.enumerated() { try read(item, at: "\(path)/\(index)") }
        case _ where Self.mapsOfSchemas.contains(key):
            guard let members = value.object else { throw wrong(path, "is not an object of schemas") }
            for (name, member) in members { try read(member, at: "\(path)/\(name)") }
        default: break
        }
    }

    private func wrong(_ path: String, _ what: String) -> JSONError {
        JSONError(description: "the schema's \(path) \(what)")
    }
}

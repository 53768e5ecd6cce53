import Foundation

/// The fields of an object's schema in few words, for people who read about a tool.
package struct SchemaOutline: Sendable, Equatable {
    package struct Field: Sendable, Equatable {
        package var name: String
        /// Such as `string`, `integer, 1 to 300`, `one of: GET, POST`.
        package var type: String
        package var isRequired: Bool
        package var about: String
    }

    package let fields: [Field]

    /// Of a schema as text; without fields when it is none, or has none.
    package init(_ schema: String) {
        let root = (try? JSONValue(parsing: schema)) ?? .null
        let required = Set((root["required"]?.array ?? []).compactMap(\.string))
        fields = (root["properties"]?.object ?? [:]).map { name, field in
            Field(
                name: name,
                type: Self.type(of: field),
                isRequired: required.contains(name),
                about: field["description"]?.string ?? ""
            )
        }
        .sorted { ($0.isRequired ? 0 : 1, $0.name) < ($1.isRequired ? 0 : 1, $1.name) }
    }

    private static func type(of field: JSONValue) -> String {
        if let choices = field["enum"]?.array {
            return "one of: " + choices.map { $0.string ?? $0.text }.joined(separator: ", ")
        }
        let types = field["type"]?.string ?? field["type"]?.array?.compactMap(\.string).joined(separator: " or ")
        let items = field["items"].map { " of " + type(of: $0) } ?? ""
        return [(types ?? "any") + items, bounds(of: field)].compactMap { $0 }.joined(separator: ", ")
    }

    private static func bounds(of field: JSONValue) -> String? {
        for (least, most, unit) in [
            ("minimum", "maximum", ""), ("minLength", "maxLength", " characters"), ("minItems", "maxItems", " items"),
        ] {
            switch (field[least]?.decimal, field[most]?.decimal) {
            case (let least?, let most?): return "\(least) to \(most)\(unit)"
            case (let least?, nil): return "at least \(least)\(unit)"
            case (nil, let most?): return "at most \(most)\(unit)"
            case (nil, nil): continue
            }
        }
        return nil
    }
}

extension SchemaOutline {
    /// An input to begin with, as JSON for people: what the schema asks for, each with its first choice, its default, or
    /// nothing of its type.
    package static func sample(of schema: String) -> String {
        let root = (try? JSONValue(parsing: schema)) ?? .null
        let fields = (root["required"]?.array ?? []).compactMap(\.string).map { name in
            (name, sample(root["properties"]?[name] ?? .null))
        }
        return JSONValue.object(Dictionary(fields) { first, _ in first }).pretty
    }

    private static func sample(_ field: JSONValue) -> JSONValue {
        if let known = field["default"] ?? field["examples"]?.array?.first ?? field["enum"]?.array?.first {
            return known
        }
        switch field["type"]?.string {
        case "integer", "number": return field["minimum"] ?? .number(0)
        case "boolean": return .bool(false)
        case "array": return .array([])
        case "object": return .object([:])
        default: return .string("")
        }
    }
}

/// A JSON Schema (draft 2020-12), read once, asked often.
///
/// Checked: types, `enum`, `const`, bounds of numbers, strings, arrays and objects, `properties`, `required`,
/// `additionalProperties`, `propertyNames`, `dependentRequired`, `items`, `prefixItems`, `contains`, `uniqueItems`,
/// `allOf`, `anyOf`, `oneOf`, `not`, `if`, and `$ref` within the schema. `pattern` and `format` are notes for the writer:
/// a pattern of unknown origin can take a matcher for ever. A keyword that nobody knows is passed over.
package struct JSONSchema: Sendable {
    /// More violations than this help nobody to mend them.
    private static let mostViolations = 8

    private let root: JSONValue

    /// Throws `JSONError` when a keyword has a value that it cannot have, or a reference leads nowhere.
    package init(_ schema: JSONValue) throws {
        root = schema
        try SchemaReader(root: schema).read(schema, at: "#")
    }

    /// Any value fits.
    static let anything = JSONSchema()
    private init() { root = .bool(true) }

    /// What is wrong with `value`; nothing when it fits.
    package func validate(_ value: JSONValue) -> [SchemaViolation] {
        var check = SchemaCheck(root: root)
        check.check(value, against: root, at: "")
        return Array(check.violations.prefix(Self.mostViolations))
    }
}

/// One thing that does not fit.
package struct SchemaViolation: Sendable, Equatable, CustomStringConvertible {
    /// Where, as a JSON Pointer: empty for the whole, `/items/0/name`.
    package var path: String
    /// What must be otherwise.
    package var message: String

    package var description: String { "\(path.isEmpty ? "the arguments" : path): \(message)" }
}

extension JSONValue {
    /// The part that a reference within this schema names: `#`, `#/$defs/name`, `#anchor`.
    func resolve(_ reference: String) -> JSONValue? {
        guard reference.hasPrefix("#") else { return nil }
        let place = reference.dropFirst()
        if place.isEmpty { return self }
        guard place.hasPrefix("/") else { return anchored(String(place)) }
        var found: JSONValue? = self
        for part in String(place).split(separator: "/" as Character, omittingEmptySubsequences: false).dropFirst() {
            let key = String(part).replacing("~1", with: "/").replacing("~0", with: "~")
            if let items = found?.array {
                found = Int(key).flatMap { items.indices.contains($0) ? items[$0] : nil }
            } else {
                found = found?[key]
            }
        }
        return found
    }

    private func anchored(_ name: String) -> JSONValue? {
        switch self {
        case .object(let members):
            if members["$anchor"]?.string == name { return self }
            return members.values.lazy.compactMap { $0.anchored(name) }.first
        case .array(let items): return items.lazy.compactMap { $0.anchored(name) }.first
        default: return nil
        }
    }
}

import Foundation

/// One value on its way through a schema.
struct SchemaCheck {
    let root: JSONValue
    private(set) var violations: [SchemaViolation] = []
    /// Steps that may still be taken: a schema that refers to itself without end, or multiplies its alternatives, ends
    /// here.
    private var budget = 200_000
    private var depth = 0
    private static let deepest = 400

    init(root: JSONValue) { self.root = root }

    mutating func check(_ value: JSONValue, against schema: JSONValue, at path: String) {
        budget -= 1
        depth += 1
        defer { depth -= 1 }
        guard budget > 0, depth <= Self.deepest else {
            budget = 0
            return say(path, "the schema is too involved to be checked")
        }
        guard case .object(let rules) = schema else {
            if schema == .bool(false) { say(path, "is not allowed") }
            return
        }
        if let target = rules["$ref"]?.string.flatMap(root.resolve) { check(value, against: target, at: path) }
        guard checkType(value, rules, path) else { return }
        checkChoice(value, rules, path)
        switch value {
        case .number(let number): checkNumber(number, rules, path)
        case .string(let text): checkString(text, rules, path)
        case .array(let items): checkArray(items, rules, path)
        case .object(let members): checkObject(members, rules, path)
        case .null, .bool: break
        }
        checkCombinations(value, rules, path)
    }

    private mutating func say(_ path: String, _ message: String) {
        violations.append(SchemaViolation(path: path, message: message))
    }

    /// What `schema` alone has against the value.
    private mutating func complaints(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> [SchemaViolation] {
        let before = violations
        violations = []
        check(value, against: schema, at: path)
        defer { violations = before }
        return violations
    }
}

// MARK: - Single values

extension SchemaCheck {
    private mutating func checkType(_ value: JSONValue, _ rules: [String: JSONValue], _ path: String) -> Bool {
        guard let type = rules["type"] else { return true }
        let names = (type.array ?? [type]).compactMap(\.string)
        if names.contains(where: value.isOfType) { return true }
        say(path, "must be \(names.joined(separator: " or ")), is \(value.typeName)")
        return false
    }

    private mutating func checkChoice(_ value: JSONValue, _ rules: [String: JSONValue], _ path: String) {
        if let choices = rules["enum"]?.array, !choices.contains(value) {
            say(path, "must be one of \(choices.prefix(20).map(\.text).joined(separator: ", "))")
        }
        if let constant = rules["const"], constant != value { say(path, "must be \(constant.text)") }
    }

    private mutating func checkNumber(_ number: Decimal, _ rules: [String: JSONValue], _ path: String) {
        if let bound = rules["minimum"]?.decimal, number < bound {
            say(path, "must be at least \(bound), is \(number)")
        }
        if let bound = rules["maximum"]?.decimal, number > bound { say(path, "must be at most \(bound), is \(number)") }
        if let bound = rules["exclusiveMinimum"]?.decimal, number <= bound {
            say(path, "must be more than \(bound), is \(number)")
        }
        if let bound = rules["exclusiveMaximum"]?.decimal, number >= bound {
            say(path, "must be less than \(bound), is \(number)")
        }
        if let step = rules["multipleOf"]?.decimal, !(number / step).isInteger {
            say(path, "must be a multiple of \(step), is \(number)")
        }
    }

    private mutating func checkString(_ text: String, _ rules: [String: JSONValue], _ path: String) {
        let length = text.unicodeScalars.count
        if let least = rules["minLength"]?.int, length < least {
            say(path, "must have at least \(least) characters, has \(length)")
        }
        if let most = rules["maxLength"]?.int, length > most {
            say(path, "must have at most \(most) characters, has \(length)")
        }
    }
}

// MARK: - Arrays and objects

extension SchemaCheck {
    private mutating func checkArray(_ items: [JSONValue], _ rules: [String: JSONValue], _ path: String) {
        if let least = rules["minItems"]?.int, items.count < least {
            say(path, "must have at least \(least) items, has \(items.count)")
        }
        if let most = rules["maxItems"]?.int, items.count > most {
            say(path, "must have at most \(most) items, has \(items.count)")
        }
        if rules["uniqueItems"] == .bool(true), Set(items).count < items.count { say(path, "must not repeat an item") }
        let first = rules["prefixItems"]?.array ?? []
        for (index, item) in items.enumerated() {
            guard let schema = index < first.count ? first[index] : rules["items"] else { break }
            check(item, against: schema, at: "\(path)/\(index)")
        }
        guard let wanted = rules["contains"] else { return }
        let found = items.count { complaints($0, wanted, path).isEmpty }
        if found < rules["minContains"]?.int ?? 1 { say(path, "does not contain what it must contain") }
        if let most = rules["maxContains"]?.int, found > most { say(path, "contains more than \(most) of what it may") }
    }

    private mutating func checkObject(_ members: [String: JSONValue], _ rules: [String: JSONValue], _ path: String) {
        for name in (rules["required"]?.array ?? []).compactMap(\.string) where members[name] == nil {
            say(path, "\"\(name)\" is missing")
        }
        if let least = rules["minProperties"]?.int, members.count < least { say(path, "must have \(least) members") }
        if let most = rules["maxProperties"]?.int, members.count > most { say(path, "has more than \(most) members") }
        let known = rules["properties"]?.object ?? [:]
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            let place = "\(path)/\(name.replacing("~", with: "~0").replacing("/", with: "~1"))"
            if let names = rules["propertyNames"] { check(.string(name), against: names, at: place) }
            if let schema = known[name] {
                check(value, against: schema, at: place)
            } else if rules["additionalProperties"] == .bool(false) {
                let names = known.keys.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
                say(place, "is not known here" + (names.isEmpty ? "" : "; there are \(names)"))
            } else if let schema = rules["additionalProperties"] {
                check(value, against: schema, at: place)
            }
        }
        for (name, needed) in rules["dependentRequired"]?.object ?? [:] where members[name] != nil {
            for other in (needed.array ?? []).compactMap(\.string) where members[other] == nil {
                say(path, "\"\(other)\" is missing, which \"\(name)\" needs")
            }
        }
        for (name, schema) in rules["dependentSchemas"]?.object ?? [:] where members[name] != nil {
            check(.object(members), against: schema, at: path)
        }
    }
}

// MARK: - Schemas of schemas

extension SchemaCheck {
    private mutating func checkCombinations(_ value: JSONValue, _ rules: [String: JSONValue], _ path: String) {
        for schema in rules["allOf"]?.array ?? [] { check(value, against: schema, at: path) }
        if let schemas = rules["anyOf"]?.array { checkAlternatives(value, schemas, path, exactlyOne: false) }
        if let schemas = rules["oneOf"]?.array { checkAlternatives(value, schemas, path, exactlyOne: true) }
        if let schema = rules["not"], complaints(value, schema, path).isEmpty {
            say(path, "is of a kind that is excluded")
        }
        if let condition = rules["if"] {
            let branch = complaints(value, condition, path).isEmpty ? "then" : "else"
            if let schema = rules[branch] { check(value, against: schema, at: path) }
        }
    }

    private mutating func checkAlternatives(
        _ value: JSONValue,
        _ schemas: [JSONValue],
        _ path: String,
        exactlyOne: Bool
    ) {
        var fitting = 0
        var nearest: [SchemaViolation]?
        for schema in schemas {
            let found = complaints(value, schema, path)
            if found.isEmpty {
                fitting += 1
                if !exactlyOne { return }
            } else if found.count < nearest?.count ?? .max {
                nearest = found
            }
        }
        if fitting == 0 {
            let reason = nearest?.first.map { "; the nearest wants: \($0.path) \($0.message)" } ?? ""
            say(path, "fits none of the \(schemas.count) alternatives\(reason)")
        } else if fitting > 1 {
            say(path, "fits \(fitting) alternatives, must fit exactly one")
        }
    }
}

extension JSONValue {
    fileprivate func isOfType(_ name: String) -> Bool {
        switch (name, self) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object),
            ("number", .number):
            true
        case ("integer", .number(let number)): number.isInteger
        default: false
        }
    }

    fileprivate var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

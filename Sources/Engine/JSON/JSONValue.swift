package import Foundation

/// Any JSON value. Numbers are decimal, so that 0.1 is 0.1 and 1.0 is 1.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Decimal)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

/// Text that is not JSON: where it stops being that, in words.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    package var description: String
}

extension JSONValue {
    /// How many arrays and objects stand within each other: 0 of what is neither.
    package var depth: Int {
        switch self {
        case .array(let items): 1 + (items.map(\.depth).max() ?? 0)
        case .object(let members): 1 + (members.values.map(\.depth).max() ?? 0)
        default: 0
        }
    }

    /// Throws `JSONError`; deeper than 512 levels is an error too.
    package init(parsing text: String) throws {
        do {
            self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        } catch let error as DecodingError {
            throw JSONError(description: error.reason)
        }
    }

    package subscript(_ key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    package var string: String? { if case .string(let text) = self { text } else { nil } }
    package var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
    package var object: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }
    package var decimal: Decimal? { if case .number(let number) = self { number } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// nil when it is no integer, or too large for one.
    package var int: Int? {
        guard let decimal, decimal.isInteger, decimal >= Decimal(Int.min), decimal <= Decimal(Int.max) else {
            return nil
        }
        return NSDecimalNumber(decimal: decimal).intValue
    }

    /// The value as compact JSON, members by name.
    package var text: String {
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .number(let number): return number.description
        case .string(let value):
            var text = ""
            text.appendJSONString(value)
            return text
        case .array(let items): return "[" + items.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            let sorted = members.sorted { $0.key < $1.key }
            return "{" + sorted.map { JSONValue.string($0.key).text + ":" + $0.value.text }.joined(separator: ",") + "}"
        }
    }
}

extension JSONValue {
    /// The value as JSON for people, a member or item a line.
    package var pretty: String { pretty(indent: "") }

    private func pretty(indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .array(let items) where !items.isEmpty:
            return "[\n" + items.map { inner + $0.pretty(indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members) where !members.isEmpty:
            let lines = members.sorted { $0.key < $1.key }.map { member in
                inner + JSONValue.string(member.key).text + ": " + member.value.pretty(indent: inner)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        default: return text
        }
    }
}

extension JSONValue: Decodable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let number = try? container.decode(Decimal.self) {
            self = .number(number)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let items = try? container.decode([JSONValue].self) {
            self = .array(items)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }
}

extension Decimal {
    package var isInteger: Bool { self == rounded }

    private var rounded: Decimal {
        var (value, result) = (self, Decimal())
        NSDecimalRound(&result, &value, 0, .plain)
        return result
    }
}

extension DecodingError {
    fileprivate var reason: String {
        switch self {
        case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context),
            .keyNotFound(_, let context):
            let cause = context.underlyingError.map { ($0 as NSError).userInfo["NSDebugDescription"] as? String ?? "" }
            return cause.flatMap { $0.isEmpty ? nil : $0 } ?? context.debugDescription
        @unknown default: return "it is not valid JSON"
        }
    }
}

import Engine
import Foundation

/// Finds out what a body looks like from the type that it is decoded as: the type decodes itself here, and what it asks for is
/// written down. So what is documented is what is read.
struct SchemaRecorder {
    /// `hints` say of a field, by its path with dots, what its type does not.
    static func schema<Input: Decodable>(of type: Input.Type, _ hints: [String: Hint] = [:]) -> Schema {
        let note = SchemaNote()
        _ = try? note.value(of: type)
        return note.schema.hinted(hints)
    }

    /// More on a field than its type says.
    struct Hint: Sendable {
        let apply: @Sendable (inout Schema) -> Void

        static func about(_ text: String) -> Hint { Hint { $0.about = text } }
        /// What it is in truth; whether it may be null is the type's to say.
        static func schema(_ schema: Schema, _ about: String? = nil) -> Hint {
            Hint {
                $0 = schema.with { [old = $0] in
                    $0.isNullable = old.isNullable
                    $0.about = about ?? $0.about
                }
            }
        }
        /// What it is in truth, whatever its type says of null.
        static func schema(_ schema: Schema, isNullable: Bool) -> Hint {
            Hint { $0 = schema.with { $0.isNullable = isNullable } }
        }
        static func choice(_ values: String..., about: String? = nil) -> Hint { .schema(.choice(values), about) }
        static func length(_ range: ClosedRange<Int>, _ about: String? = nil) -> Hint { .schema(.text(range), about) }
        static let tags = Hint { $0 = Schema(kind: .list(.text(1...50), count: 0...20), isNullable: $0.isNullable) }
        static func range(_ range: ClosedRange<Int>, _ about: String? = nil) -> Hint { .schema(.integer(range), about) }
    }
}

extension Schema {
    fileprivate func hinted(_ hints: [String: SchemaRecorder.Hint], at path: String = "") -> Schema {
        var copy = self
        switch kind {
        case .object(let fields):
            copy.kind = .object(
                fields.map { field in
                    var field = field
                    field.schema = field.schema.hinted(hints, at: path.isEmpty ? field.name : "\(path).\(field.name)")
                    return field
                }
            )
        case .list(let item, let count): copy.kind = .list(item.hinted(hints, at: path + "."), count: count)
        default: break
        }
        hints[path]?.apply(&copy)
        return copy
    }
}

/// What is known of one value while its type decodes itself.
private final class SchemaNote {
    enum Kind {
        case unknown
        case known(Schema)
        case fields([(name: String, note: SchemaNote, isRequired: Bool)])
        case list(SchemaNote)
        case map(SchemaNote)
    }

    var kind = Kind.unknown
    var isNullable = false
    /// The fields that were asked for with an eye to their absence.
    var optional: Set<String> = []

    var schema: Schema {
        let schema: Schema =
            switch kind {
            case .unknown: .object([])
            case .known(let schema): schema
            case .list(let item): .list(item.schema)
            case .map(let value): .map(value.schema)
            case .fields(let fields):
                .object(fields.map { .init(name: $0.name, schema: $0.note.schema, isRequired: $0.isRequired) })
            }
        return isNullable ? schema.orNull : schema
    }

    /// A value of the type, whatever it is, with what it asked for written down.
    func value<Value: Decodable>(of type: Value.Type) throws -> Value {
        if let (schema, value) = Self.known(type) {
            kind = .known(schema)
            return value
        }
        return try Value(from: NoteDecoder(note: self))
    }

    private static func known<Value>(_ type: Value.Type) -> (Schema, Value)? {
        func pair(_ schema: Schema, _ value: Any) -> (Schema, Value)? { (value as? Value).map { (schema, $0) } }
        switch type {
        case is String.Type: return pair(.text, "")
        case is Bool.Type: return pair(.boolean, false)
        case is Int.Type: return pair(.integer, 0)
        case is Double.Type: return pair(.number, 0.0)
        case is Decimal.Type: return pair(.number, Decimal())
        case is UUID.Type: return pair(.uuid, UUID())
        case is Date.Type: return pair(.date, Date())
        case is JSONValue.Type: return pair(.anything, JSONValue.null)
        case is OwnObject.Type: return pair(.map, OwnObject())
        case let type as any CaseIterable.Type: return cases(of: type).flatMap { pair(.choice($0.names), $0.first) }
        default: return nil
        }
    }

    private static func cases<Value: CaseIterable>(of type: Value.Type) -> (names: [String], first: Any)? {
        let names = type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
        guard let first = type.allCases.first, names.count == type.allCases.count else { return nil }
        return (names, first)
    }
}

private struct NoteDecoder: Decoder {
    let note: SchemaNote
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(NoteFields<Key>(note: note))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer {
        let item = SchemaNote()
        note.kind = .list(item)
        return NoteItems(item: item)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { NoteValue(note: note) }
}

private struct NoteFields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let note: SchemaNote
    var codingPath: [any CodingKey] { [] }

    /// A dictionary asks for its names; whatever it then reads is the value of any of them.
    var allKeys: [Key] {
        note.kind = .map(SchemaNote())
        return Key(stringValue: "name").map { [$0] } ?? []
    }

    func contains(_ key: Key) -> Bool { true }

    /// Asked before what need not be there is decoded.
    func decodeNil(forKey key: Key) -> Bool {
        note.optional.insert(key.stringValue)
        return false
    }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        if case .map(let value) = note.kind { return try value.value(of: type) }
        return try field(key, isRequired: !note.optional.contains(key.stringValue)).value(of: type)
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        try field(key, isRequired: false).value(of: type)
    }

    private func field(_ key: Key, isRequired: Bool) -> SchemaNote {
        let field = SchemaNote()
        // What may be missing may be null as well.
        field.isNullable = !isRequired
        var known: [(name: String, note: SchemaNote, isRequired: Bool)] = []
        if case .fields(let before) = note.kind { known = before }
        note.kind = .fields(known + [(key.stringValue.snakeCase, field, isRequired)])
        return field
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedDecodingContainer<
        Nested
    > {
        NoteDecoder(note: field(key, isRequired: true)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer {
        NoteDecoder(note: field(key, isRequired: true)).unkeyedContainer()
    }

    func superDecoder() -> any Decoder { NoteDecoder(note: note) }
    func superDecoder(forKey key: Key) -> any Decoder { NoteDecoder(note: field(key, isRequired: true)) }
}

/// One item, which stands for all.
private struct NoteItems: UnkeyedDecodingContainer {
    let item: SchemaNote
    var codingPath: [any CodingKey] { [] }
    var count: Int? { 1 }
    var currentIndex = 0
    var isAtEnd: Bool { currentIndex > 0 }

    mutating func decodeNil() -> Bool {
        item.isNullable = true
        return false
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        currentIndex += 1
        return try item.value(of: type)
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedDecodingContainer<Nested> {
        currentIndex += 1
        return NoteDecoder(note: item).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer {
        currentIndex += 1
        return NoteDecoder(note: item).unkeyedContainer()
    }

    mutating func superDecoder() -> any Decoder { NoteDecoder(note: item) }
}

private struct NoteValue: SingleValueDecodingContainer {
    let note: SchemaNote
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool {
        note.isNullable = true
        return false
    }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try note.value(of: type) }
}

import Engine
import Foundation

/// What a JSON value looks like: told in the reference, and held against what is really answered.
struct Schema: Sendable {
    indirect enum Kind: Sendable {
        case anything
        case boolean
        case integer(ClosedRange<Int>?)
        case number(ClosedRange<Decimal>?)
        /// `format` as JSON Schema names it; `values` are all that there are, when there are any.
        case text(format: String?, values: [String], length: ClosedRange<Int>?)
        /// A file's, as a part of a form that has its name.
        case bytes
        /// A text that is JSON of this form.
        case packed(Schema)
        case list(Schema, count: ClosedRange<Int>?)
        /// An object whose names are whoever's who wrote it.
        case map(Schema)
        case object([Field])
        case either([Schema])
    }

    /// A member of an object.
    struct Field: Sendable {
        var name: String
        var schema: Schema
        /// Whether it is always there.
        var isRequired = true
    }

    var kind: Kind
    var isNullable = false
    /// Under which it stands among the document's schemas; without one it is written where it is used.
    var name: String?
    var about: String?
    /// JSON, when the one that is made up says too little.
    var example: String?
}

extension Schema {
    static let anything = Schema(kind: .anything)
    static let boolean = Schema(kind: .boolean)
    static let number = Schema(kind: .number(nil))
    static let text = Schema(kind: .text(format: nil, values: [], length: nil))
    static let bytes = Schema(kind: .bytes)
    static let uuid = Schema(kind: .text(format: "uuid", values: [], length: nil))
    static let date = Schema(kind: .text(format: "date-time", values: [], length: nil))
    /// `2026-11-21`
    static let day = Schema(kind: .text(format: "date", values: [], length: nil))
    static let integer = Schema(kind: .integer(nil))
    /// An object of the caller's, or of a vendor's.
    static let map = Schema(kind: .map(.anything))

    static func text(_ length: ClosedRange<Int>) -> Schema {
        Schema(kind: .text(format: nil, values: [], length: length))
    }
    static func integer(_ range: ClosedRange<Int>) -> Schema { Schema(kind: .integer(range)) }
    static func number(_ range: ClosedRange<Decimal>) -> Schema { Schema(kind: .number(range)) }
    static func choice(_ values: [String]) -> Schema { Schema(kind: .text(format: nil, values: values, length: nil)) }
    static func choice(_ values: String...) -> Schema { choice(values) }
    /// All cases of an enumeration of ours.
    static func choice<Value: CaseIterable & RawRepresentable<String>>(_ type: Value.Type) -> Schema {
        choice(type.allCases.map(\.rawValue))
    }
    static func packed(_ content: Schema) -> Schema { Schema(kind: .packed(content)) }
    static func list(_ item: Schema) -> Schema { Schema(kind: .list(item, count: nil)) }
    static func map(_ value: Schema) -> Schema { Schema(kind: .map(value)) }
    static func either(_ schemas: Schema...) -> Schema { Schema(kind: .either(schemas)) }

    static func object(_ fields: [Field]) -> Schema { Schema(kind: .object(fields)) }

    /// `name`: under which it stands in the reference, where it is used more than once.
    static func object(_ name: String?, _ fields: [Field]) -> Schema { Schema(kind: .object(fields), name: name) }

    var orNull: Schema { with { $0.isNullable = true } }
    func about(_ text: String) -> Schema { with { $0.about = text } }
    func example(_ json: String) -> Schema { with { $0.example = json } }

    /// The same object with more in it, under another name.
    func adding(_ name: String?, _ more: [Field]) -> Schema {
        guard case .object(let fields) = kind else { return self }
        return .object(name, fields + more)
    }

    /// Those that are sent as files, one of them or a list.
    var fileFields: [Field] {
        guard case .object(let fields) = kind else { return [] }
        return fields.filter(\.schema.isFile)
    }

    private var isFile: Bool {
        switch kind {
        case .bytes: true
        case .list(let item, _): item.isFile
        default: false
        }
    }

    func with(_ change: (inout Schema) -> Void) -> Schema {
        var copy = self
        change(&copy)
        return copy
    }
}

extension Schema.Field {
    static func field(_ name: String, _ schema: Schema) -> Self { Self(name: name, schema: schema) }
    static func uuid(_ name: String, _ about: String? = nil) -> Self { .field(name, .uuid.with { $0.about = about }) }
    static func text(_ name: String, _ about: String? = nil) -> Self { .field(name, .text.with { $0.about = about }) }
    static func file(_ name: String, _ about: String) -> Self { .field(name, .bytes.about(about)) }
    static func flag(_ name: String, _ about: String? = nil) -> Self {
        .field(name, .boolean.with { $0.about = about })
    }
    static func integer(_ name: String, _ about: String? = nil) -> Self {
        .field(name, .integer.with { $0.about = about })
    }
    static func number(_ name: String, _ about: String? = nil) -> Self {
        .field(name, .number.with { $0.about = about })
    }
    static func date(_ name: String, _ about: String? = nil) -> Self { .field(name, .date.with { $0.about = about }) }
    static func list(_ name: String, of item: Schema = .text) -> Self { .field(name, .list(item)) }
    static func choice(_ name: String, _ values: String...) -> Self { .field(name, .choice(values)) }

    /// The value may be null.
    var orNull: Self {
        var copy = self
        copy.schema = schema.orNull
        return copy
    }

    /// It may be missing.
    var orMissing: Self {
        var copy = self
        copy.isRequired = false
        return copy
    }

    func about(_ text: String) -> Self {
        var copy = self
        copy.schema = schema.about(text)
        return copy
    }
}

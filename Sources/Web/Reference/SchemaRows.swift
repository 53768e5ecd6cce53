/// A schema as the rows of a table, a field each, those within others by their path.
struct SchemaRows {
    struct Row: Sendable {
        let name: String
        let type: String
        let meaning: CodedText?
        let isRequired: Bool
    }

    let voice: Voice

    /// Of an object or of a list of them; none of what has no fields that are known.
    func rows(of schema: Schema, in path: String = "") -> [Row] {
        switch schema.kind {
        case .object(let fields):
            fields.flatMap { field in
                let name = path.isEmpty ? field.name : "\(path).\(field.name)"
                let row = Row(
                    name: name,
                    type: type(of: field.schema),
                    meaning: field.schema.about.map(CodedText.init),
                    isRequired: field.isRequired
                )
                return [row] + rows(of: field.schema, in: name)
            }
        case .list(let item, _): rows(of: item, in: path + "[]")
        case .either(let schemas): schemas.first.map { rows(of: $0, in: path) } ?? []
        default: []
        }
    }

    /// In words.
    func type(of schema: Schema) -> String {
        let plain = plainType(of: schema)
        return schema.isNullable ? voice.words("reference.orNull", ["type": plain]) : plain
    }

    private func plainType(of schema: Schema) -> String {
        let words = voice.words
        switch schema.kind {
        case .anything: return words["reference.type.any"]
        case .boolean: return words["reference.type.boolean"]
        case .number: return words["reference.type.number"]
        case .integer(let range):
            guard let range, range.upperBound < Int.max else { return words["reference.type.integer"] }
            return words("reference.type.range", ["from": String(range.lowerBound), "to": String(range.upperBound)])
        case .text(_, let values, _) where !values.isEmpty: return values.joined(separator: " | ")
        case .text(let format?, _, _): return words["reference.type.\(format)"]
        case .text(_, _, let length?):
            let key = length.lowerBound > 0 ? "reference.type.lengths" : "reference.type.length"
            return words(key, ["from": String(length.lowerBound), "to": String(length.upperBound)])
        case .text, .packed: return words["reference.type.text"]
        case .bytes: return words["reference.type.file"]
        case .list(let item, _): return words("reference.type.list", ["type": type(of: item)])
        case .map: return words["reference.type.map"]
        case .object: return words["reference.type.object"]
        case .either(let schemas): return schemas.map(type).joined(separator: " | ")
        }
    }
}

/// The headers of a response, found whatever the case of their names.
package struct FetchHeaders: Sendable, Equatable {
    private var fields: [Field] = []

    private struct Field: Equatable {
        var name: String
        var value: String
    }

    init() {}

    /// The first header called `name`.
    package subscript(_ name: String) -> String? {
        let name = name.lowercased()
        return fields.first { $0.name == name }?.value
    }

    /// All of them in their order, names in small letters.
    package var all: [(name: String, value: String)] { fields.map { ($0.name, $0.value) } }

    mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name.lowercased(), value: value))
    }
}

import Engine

/// An object of the caller's own in a body, kept as it is: whatever its fields are called.
struct OwnObject: Decodable, Sendable {
    private(set) var value: JSONValue = .object([:])

    init() {}

    init(from decoder: any Decoder) throws {
        value = .object(try decoder.singleValueContainer().decode([String: JSONValue].self))
    }

    /// As JSON.
    var text: String { value.text }
}

/// A field of a body that changes something: nil when it is missing and all stays, `.some(nil)` when it is null and
/// clears.
@propertyWrapper
struct Change<Value: Decodable & Sendable>: Decodable, Sendable {
    var wrappedValue: Value??

    init(wrappedValue: Value??) { self.wrappedValue = wrappedValue }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = .some(container.decodeNil() ? nil : try container.decode(Value.self))
    }
}

extension KeyedDecodingContainer {
    /// What a decoded type calls for a field with the wrapper, so that a missing one is no error.
    func decode<Value>(_ type: Change<Value>.Type, forKey key: Key) throws -> Change<Value> {
        guard contains(key) else { return Change(wrappedValue: nil) }
        return Change(wrappedValue: .some(try decodeIfPresent(Value.self, forKey: key)))
    }
}

/// JSON as it was written: members in their order, and each value with its own text, for what is passed on as it is.
package struct JSONNode: Sendable {
    package enum Value: Sendable {
        case null
        case bool(Bool)
        case number
        case string(String)
        case array([JSONNode])
        case object([(name: String, value: JSONNode)])
    }

    package let value: Value
    private let source: [UInt8]
    private let range: Range<Int>

    fileprivate init(_ value: Value, _ source: [UInt8], _ range: Range<Int>) {
        self.value = value
        self.source = source
        self.range = range
    }

    /// Of one document: each value costs memory many times its length. More than a call for embeddings may have.
    package static let mostValues = 500_000

    /// nil when it is not JSON (RFC 8259), is nested deeper than 128 levels, or has more than `mostValues`.
    package init?(_ bytes: [UInt8]) {
        let root = bytes.withUnsafeBufferPointer { buffer -> JSONNode? in
            var reader = JSONNodeReader(bytes: buffer, source: bytes)
            return reader.document()
        }
        guard let root else { return nil }
        self = root
    }
}

extension JSONNode {
    /// As it was written.
    package var text: String { String(decoding: source[range], as: UTF8.self) }

    /// The last member of that name; nil when there is none, or it is null.
    package subscript(_ name: String) -> JSONNode? {
        guard case .object(let members) = value, let member = members.last(where: { $0.name == name })?.value else {
            return nil
        }
        if case .null = member.value { return nil }
        return member
    }

    package var string: String? { if case .string(let text) = value { text } else { nil } }
    package var bool: Bool? { if case .bool(let flag) = value { flag } else { nil } }
    package var array: [JSONNode]? { if case .array(let items) = value { items } else { nil } }
    package var isObject: Bool { if case .object = value { true } else { false } }
    package var isNull: Bool { if case .null = value { true } else { false } }

    package var double: Double? { if case .number = value { Double(text) } else { nil } }

    /// nil for what is no whole number, or too large for one.
    package var int: Int? {
        guard let double, let whole = Int(exactly: double) else { return nil }
        return Int(text) ?? whole
    }
}

/// Reads a document from the left to the right.
private struct JSONNodeReader {
    let bytes: UnsafeBufferPointer<UInt8>
    let source: [UInt8]
    private var place = 0
    private var left = JSONNode.mostValues

    private static let deepest = 128

    init(bytes: UnsafeBufferPointer<UInt8>, source: [UInt8]) {
        self.bytes = bytes
        self.source = source
    }

    mutating func document() -> JSONNode? {
        guard let node = node(depth: 0) else { return nil }
        skipBlanks()
        return place == bytes.count ? node : nil
    }

    private mutating func node(depth: Int) -> JSONNode? {
        skipBlanks()
        let start = place
        left -= 1
        guard left >= 0, depth < Self.deepest, let value = value(depth: depth) else { return nil }
        return JSONNode(value, source, start..<place)
    }

    private mutating func value(depth: Int) -> JSONNode.Value? {
        guard place < bytes.count else { return nil }
        switch bytes[place] {
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "t"): return word("true") ? .bool(true) : nil
        case UInt8(ascii: "f"): return word("false") ? .bool(false) : nil
        case UInt8(ascii: "n"): return word("null") ? .null : nil
        default: return number() ? .number : nil
        }
    }

    private mutating func object(depth: Int) -> JSONNode.Value? {
        place += 1
        var members: [(name: String, value: JSONNode)] = []
        skipBlanks()
        if take("}") { return .object([]) }
        repeat {
            skipBlanks()
            guard let name = string() else { return nil }
            skipBlanks()
            guard take(":"), let value = node(depth: depth + 1) else { return nil }
            members.append((name, value))
            skipBlanks()
        } while take(",")
        return take("}") ? .object(members) : nil
    }

    private mutating func array(depth: Int) -> JSONNode.Value? {
        place += 1
        var items: [JSONNode] = []
        skipBlanks()
        if take("]") { return .array([]) }
        repeat {
            guard let item = node(depth: depth + 1) else { return nil }
            items.append(item)
            skipBlanks()
        } while take(",")
        return take("]") ? .array(items) : nil
    }

    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        let start = place
        var hasEscapes = false
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            guard bytes[place] >= 0x20 else { return nil }
            if bytes[place] == UInt8(ascii: "\\") {
                hasEscapes = true
                place += 1
            }
            place += 1
        }
        guard place < bytes.count else { return nil }
        let content = UnsafeBufferPointer(rebasing: bytes[start..<place])
        place += 1
        return hasEscapes ? JSONEscapes.decode(content) : String(validating: content, as: UTF8.self)
    }

    private mutating func number() -> Bool {
        _ = take("-")
        if !take("0"), digits() == 0 { return false }
        if take("."), digits() == 0 { return false }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            if digits() == 0 { return false }
        }
        return true
    }

    private mutating func digits() -> Int {
        let start = place
        while place < bytes.count, (0x30...0x39).contains(bytes[place]) { place += 1 }
        return place - start
    }

    private mutating func word(_ word: StaticString) -> Bool {
        guard bytes.count - place >= word.utf8CodeUnitCount else { return false }
        for index in 0..<word.utf8CodeUnitCount where bytes[place + index] != word.utf8Start[index] { return false }
        place += word.utf8CodeUnitCount
        return true
    }

    private mutating func skipBlanks() {
        while place < bytes.count {
            let byte = bytes[place]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            place += 1
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }
}

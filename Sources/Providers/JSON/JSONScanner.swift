import Engine

/// Walks over JSON without building anything. It is strict (RFC 8259): whatever it accepts is valid JSON, so that a
/// caller may read only the members it knows. Everything it dislikes it answers with false or nil.
struct JSONScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// Nesting that is still followed; deeper text is refused rather than recursed into.
    private static let depthLimit = 64

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Whether `text` is one JSON object.
    static func isObject(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var scanner = JSONScanner(bytes)
            return scanner.next == UInt8(ascii: "{") && scanner.skip() && scanner.isAtEnd
        }
    }

    /// Nothing but white space is left.
    var isAtEnd: Bool { mutating get { next == nil } }

    /// Calls `member` for each member, standing before its value, which it must consume. Names are plain ASCII.
    mutating func object(_ member: (inout JSONScanner, JSONKey) -> Bool) -> Bool {
        guard take("{") else { return false }
        if take("}") { return true }
        repeat {
            guard let key = rawString(), !key.hasEscapes, key.isASCII, take(":") else { return false }
            guard member(&self, JSONKey(bytes: key.bytes)) else { return false }
        } while take(",")
        return take("}")
    }

    /// Calls `element` for each element, which it must consume.
    mutating func array(_ element: (inout JSONScanner) -> Bool) -> Bool {
        guard take("[") else { return false }
        if take("]") { return true }
        repeat {
            guard element(&self) else { return false }
        } while take(",")
        return take("]")
    }

    mutating func null() -> Bool { word("null") }

    mutating func string() -> String? {
        guard let raw = rawString() else { return nil }
        return raw.hasEscapes ? JSONEscapes.decode(raw.bytes) : String(validating: raw.bytes, as: UTF8.self)
    }

    /// A whole number of at most nine digits; nil for any other value.
    mutating func integer() -> Int? {
        guard next != nil else { return nil }
        let start = position
        guard number(), position - start < 10 else { return nil }
        return bytes[start..<position].reduce(0 as Int?) { sum, byte in
            guard let sum, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            return sum * 10 + Int(byte - UInt8(ascii: "0"))
        }
    }

    /// Passes over a value of any kind.
    mutating func skip() -> Bool { skip(depth: 0) }
}

extension JSONScanner {
    private mutating func skip(depth: Int) -> Bool {
        guard depth < Self.depthLimit, let next else { return false }
        switch next {
        case UInt8(ascii: "{"): return object { scanner, _ in scanner.skip(depth: depth + 1) }
        case UInt8(ascii: "["): return array { $0.skip(depth: depth + 1) }
        case UInt8(ascii: "\""): return skipString()
        case UInt8(ascii: "t"): return word("true")
        case UInt8(ascii: "f"): return word("false")
        case UInt8(ascii: "n"): return word("null")
        default: return number()
        }
    }

    private mutating func skipString() -> Bool {
        let start = position
        guard let raw = rawString() else { return false }
        if raw.isASCII && !raw.hasEscapes { return true }
        position = start
        return string() != nil
    }

    private typealias RawString = (bytes: UnsafeBufferPointer<UInt8>, hasEscapes: Bool, isASCII: Bool)

    /// What stands between the quotes, escapes as they are.
    private mutating func rawString() -> RawString? {
        guard take("\"") else { return nil }
        let start = position
        var hasEscapes = false
        var union: UInt8 = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let content = UnsafeBufferPointer(rebasing: bytes[start..<position])
                position += 1
                return (content, hasEscapes, union < 0x80)
            }
            guard byte >= 0x20 else { return nil }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                position += 1
            }
            union |= byte
            position += 1
        }
        return nil
    }

    /// Only what surely fits into a `Double`.
    private mutating func number() -> Bool {
        _ = takeHere("-")
        if !takeHere("0"), !(1...100 ~= digits()) { return false }
        if takeHere("."), digits() == 0 { return false }
        if takeHere("e") || takeHere("E") {
            if !takeHere("+") { _ = takeHere("-") }
            if !(1...2 ~= digits()) { return false }
        }
        return true
    }

    private mutating func digits() -> Int {
        let start = position
        while position < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[position] { position += 1 }
        return position - start
    }

    private mutating func word(_ word: StaticString) -> Bool {
        guard next != nil, bytes.count - position >= word.utf8CodeUnitCount else { return false }
        for index in 0..<word.utf8CodeUnitCount where bytes[position + index] != word.utf8Start[index] { return false }
        position += word.utf8CodeUnitCount
        return true
    }

    /// The next byte that is not white space, to which it moves on.
    private var next: UInt8? {
        mutating get {
            while position < bytes.count {
                let byte = bytes[position]
                guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
                position += 1
            }
            return nil
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool { next != nil && takeHere(character) }

    private mutating func takeHere(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }
}

/// A member's name while it is being looked at.
struct JSONKey {
    fileprivate let bytes: UnsafeBufferPointer<UInt8>

    static func ~= (name: StaticString, key: JSONKey) -> Bool {
        guard key.bytes.count == name.utf8CodeUnitCount else { return false }
        for index in 0..<key.bytes.count where key.bytes[index] != name.utf8Start[index] { return false }
        return true
    }
}

package import Foundation

/// A value that may stand in a query; it is sent as text and takes the type that its place in the query asks for.
package protocol Bindable: Sendable {
    /// Appends PostgreSQL's text form; false means null, and nothing was appended.
    func appendText(to bytes: inout [UInt8]) -> Bool

    /// Appends the form of an array of these.
    static func appendText(of array: [Self], to bytes: inout [UInt8])

    /// Whether an element of an array may stand without quotes.
    static var isPlainInArrays: Bool { get }
}

extension Bindable {
    package static var isPlainInArrays: Bool { false }

    package static func appendText(of array: [Self], to bytes: inout [UInt8]) {
        ArrayLiteral.append(array, to: &bytes)
    }
}

extension Bindable where Self: RawRepresentable, RawValue: Bindable {
    package func appendText(to bytes: inout [UInt8]) -> Bool { rawValue.appendText(to: &bytes) }
}

extension Optional: Bindable where Wrapped: Bindable {
    package func appendText(to bytes: inout [UInt8]) -> Bool { self?.appendText(to: &bytes) ?? false }
    package static var isPlainInArrays: Bool { Wrapped.isPlainInArrays }
}

extension String: Bindable {
    package func appendText(to bytes: inout [UInt8]) -> Bool {
        bytes.append(contentsOf: utf8)
        return true
    }
}

extension Bindable where Self: FixedWidthInteger {
    package static var isPlainInArrays: Bool { true }
    package func appendText(to bytes: inout [UInt8]) -> Bool {
        bytes.append(contentsOf: String(self).utf8)
        return true
    }
}

extension Int: Bindable {}
extension Int64: Bindable {}
extension Int32: Bindable {}
extension Int16: Bindable {}

extension Double: Bindable {
    package static var isPlainInArrays: Bool { true }
    package func appendText(to bytes: inout [UInt8]) -> Bool { description.appendText(to: &bytes) }
}

extension Decimal: Bindable {
    package static var isPlainInArrays: Bool { true }
    package func appendText(to bytes: inout [UInt8]) -> Bool { description.appendText(to: &bytes) }
}

extension Bool: Bindable {
    package static var isPlainInArrays: Bool { true }
    package func appendText(to bytes: inout [UInt8]) -> Bool {
        bytes.append(self ? UInt8(ascii: "t") : UInt8(ascii: "f"))
        return true
    }
}

extension UUID: Bindable {
    package static var isPlainInArrays: Bool { true }
    package func appendText(to bytes: inout [UInt8]) -> Bool {
        withUnsafeBytes(of: uuid) { raw in
            for (index, byte) in raw.enumerated() {
                if index == 4 || index == 6 || index == 8 || index == 10 { bytes.append(UInt8(ascii: "-")) }
                bytes.appendHexadecimal(byte)
            }
        }
        return true
    }
}

extension Data: Bindable {
    package func appendText(to bytes: inout [UInt8]) -> Bool { bytes.appendByteString(self) }
}

extension [UInt8] {
    mutating func appendHexadecimal(_ byte: UInt8) {
        append(hexadecimalDigit(byte >> 4))
        append(hexadecimalDigit(byte & 15))
    }

    /// The form of `bytea`: `\x` and two digits a byte.
    mutating func appendByteString(_ source: some Collection<UInt8>) -> Bool {
        reserveCapacity(count + 3 + source.count * 2)
        append(contentsOf: #"\x"#.utf8)
        for byte in source { appendHexadecimal(byte) }
        return true
    }
}

private func hexadecimalDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}

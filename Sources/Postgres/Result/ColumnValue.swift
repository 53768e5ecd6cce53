package import Foundation

/// A value that can be read from a column; PostgreSQL sends it as text.
package protocol ColumnValue {
    /// Reads the text of one field, nil being SQL's null; answers nil when it is not one of this type.
    static func read(_ text: UnsafeBufferPointer<UInt8>?) -> Self?

    /// Reads an array of these.
    static func readArray(_ text: UnsafeBufferPointer<UInt8>?) -> [Self]?
}

extension ColumnValue {
    package static func readArray(_ text: UnsafeBufferPointer<UInt8>?) -> [Self]? {
        guard let text, let elements = ArrayLiteral.elements(of: text) else { return nil }
        var array: [Self] = []
        array.reserveCapacity(elements.count)
        for element in elements {
            let value = element.map { $0.withUnsafeBufferPointer(Self.read) } ?? Self.read(nil)
            guard let value else { return nil }
            array.append(value)
        }
        return array
    }
}

extension ColumnValue where Self: RawRepresentable, RawValue: ColumnValue {
    package static func read(_ text: UnsafeBufferPointer<UInt8>?) -> Self? {
        RawValue.read(text).flatMap(Self.init(rawValue:))
    }
}

extension Optional: ColumnValue where Wrapped: ColumnValue {
    package static func read(_ text: UnsafeBufferPointer<UInt8>?) -> Wrapped?? {
        guard let text else { return .some(nil) }
        return Wrapped.read(text).map(Optional.some)
    }
}

extension Array: ColumnValue where Element: ColumnValue {
    package static func read(_ text: UnsafeBufferPointer<UInt8>?) -> [Element]? { Element.readArray(text) }
}

extension String: ColumnValue {
    package static func read(_ text: UnsafeBufferPointer<UInt8>?) -> String? {
        text.map { String(decoding: $0, as: UTF8.self) }
    }
}

extension Bool: ColumnValue {
    package static func read(_ text: UnsafeBufferPointer<UInt8>?) -> Bool? {
        switch text?.first {
        case UInt8(ascii: "t"): true
        case UInt8(ascii: "f"): false
        default: nil
        }
    }
}

extension Double: ColumnValue {
    package static func read(_ text: UnsafeBufferPointer<UInt8>?) -> Double? { String.read(text).flatMap(Double.init) }
}

extension Decimal: ColumnValue {
    package static func read(_ text: UnsafeBufferPointer<UInt8>?) -> Decimal? {
        String.read(text).flatMap { $0 == "NaN" ? .nan : Decimal(string: $0) }
    }
}

extension ColumnValue where Self: FixedWidthInteger {
    package static func read(_ text: UnsafeBufferPointer<UInt8>?) -> Self? {
        guard let text, !text.isEmpty else { return nil }
        let isNegative = text[0] == UInt8(ascii: "-")
        guard text.count > (isNegative ? 1 : 0) else { return nil }
        var number: Self = 0
        for byte in text.dropFirst(isNegative ? 1 : 0) {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let digit = Self(truncatingIfNeeded: byte - UInt8(ascii: "0"))
            let (shifted, overflows) = number.multipliedReportingOverflow(by: 10)
            let (sum, exceeds) =
                isNegative ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
            guard !overflows, !exceeds else { return nil }
            number = sum
        }
        return number
    }
}

extension Int: ColumnValue {}
extension Int64: ColumnValue {}
extension Int32: ColumnValue {}
extension Int16: ColumnValue {}

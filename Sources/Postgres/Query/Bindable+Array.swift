extension Array: Bindable where Element: Bindable {
    package func appendText(to bytes: inout [UInt8]) -> Bool {
        Element.appendText(of: self, to: &bytes)
        return true
    }

    /// An array in an array is a further dimension; bytes in an array are one value.
    package static var isPlainInArrays: Bool { Element.self != UInt8.self }
}

extension UInt8: Bindable {
    /// Bytes are not an array of numbers: they are `bytea`.
    package static func appendText(of array: [UInt8], to bytes: inout [UInt8]) {
        _ = bytes.appendByteString(array)
    }
}

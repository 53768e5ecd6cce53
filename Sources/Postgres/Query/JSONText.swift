/// JSON as text, for `json` and `jsonb`; whoever reads or writes it knows its shape.
package struct JSONText: Sendable, Equatable, Bindable, ColumnValue {
    package var text: String

    package init(_ text: String) { self.text = text }

    package func appendText(to bytes: inout [UInt8]) -> Bool { text.appendText(to: &bytes) }

    package static func read(_ text: UnsafeBufferPointer<UInt8>?) -> JSONText? { String.read(text).map(JSONText.init) }
}

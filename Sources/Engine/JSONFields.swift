/// A JSON object that grows field by field; `nil` is `null`.
package struct JSONFields: Sendable {
    private var text: String

    /// `opening` is an object without its closing brace.
    package init(_ opening: String = "{") { text = opening }

    package var closed: String { text + "}" }

    package mutating func set(_ name: String, _ value: String?) {
        begin(name)
        if let value { text.appendJSONString(value) } else { text += "null" }
    }

    package mutating func set(_ name: String, _ value: Bool) { raw(name, value ? "true" : "false") }
    package mutating func set(_ name: String, _ value: Int) { raw(name, String(value)) }

    /// A value that is JSON already.
    package mutating func raw(_ name: String, _ json: String) {
        begin(name)
        text += json
    }

    private mutating func begin(_ name: String) {
        text += text.utf8.count == 1 ? "\"" : ",\""
        text += name
        text += "\":"
    }
}

extension String {
    /// Appends `value` as a JSON string literal. Works on bytes, run by run: it stands on the hot path.
    package mutating func appendJSONString(_ value: String) {
        append("\"")
        var value = value
        value.withUTF8 { bytes in
            var start = 0
            for index in bytes.indices where bytes[index] < 0x20 || bytes[index] == 0x22 || bytes[index] == 0x5C {
                append(String(decoding: bytes[start..<index], as: UTF8.self))
                append(escaped(bytes[index]))
                start = index + 1
            }
            append(String(decoding: bytes[start...], as: UTF8.self))
        }
        append("\"")
    }

    private func escaped(_ byte: UInt8) -> String {
        switch byte {
        case 0x22: "\\\""
        case 0x5C: "\\\\"
        case 0x0A: "\\n"
        case 0x0D: "\\r"
        case 0x09: "\\t"
        default: "\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
        }
    }
}

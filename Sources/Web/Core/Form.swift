package import Foundation
package import Hummingbird

/// The fields of an `application/x-www-form-urlencoded` body.
package struct Form: Sendable {
    private var fields: [String: [String]] = [:]

    /// Reads at most 2,000 fields; bytes that are not UTF-8 become U+FFFD.
    package init(body: String) {
        for pair in body.split(separator: "&", maxSplits: 2000) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = Form.decode(parts[0])
            fields[name, default: []].append(parts.count > 1 ? Form.decode(parts[1]) : "")
        }
    }

    /// The fields of a form that was read in another way.
    init(fields: [String: [String]]) { self.fields = fields }

    /// The first value as it was typed, without NUL, which PostgreSQL cannot keep; empty when there is none.
    package subscript(_ name: String) -> String {
        (fields[name]?.first ?? "").replacing("\0", with: "")
    }

    /// The first value without the white space around it.
    package func trimmed(_ name: String) -> String {
        self[name].trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// All values of a field that may stand several times: check boxes.
    package func all(_ name: String) -> [String] { fields[name] ?? [] }

    /// The first values of the fields whose names fit, without the white space around them.
    func values(_ fits: (String) -> Bool) -> [String: String] {
        Dictionary(uniqueKeysWithValues: fields.keys.filter(fits).map { ($0, trimmed($0)) })
    }

    /// How often a field stands in it.
    func count(_ name: String) -> Int { fields[name]?.count ?? 0 }

    package func has(_ name: String) -> Bool { fields[name] != nil }

    private static func decode(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                if let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 {
                    bytes.append(value)
                    rest = rest.dropFirst(2)
                } else {
                    bytes.append(byte)
                }
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Request {
    /// The form in the body; `CrossSiteGuard` has read and checked it before any handler runs.
    package func decodeForm() async throws -> Form {
        Form(body: String(buffer: try await boundedBody(upTo: 1024 * 1024)))
    }
}

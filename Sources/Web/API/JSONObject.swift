import Engine
package import Foundation

/// A JSON object in the making: fields in the order in which they are set, `nil` as `null`.
package struct JSONObject: Sendable {
    private var body = ""

    package init() {}

    package init(_ build: (inout JSONObject) -> Void) { build(&self) }

    package var text: String { "{" + body + "}" }

    package mutating func set(_ name: String, _ value: String?) { raw(name, value.map(quoted) ?? "null") }
    package mutating func set(_ name: String, _ value: Bool?) { raw(name, value.map { $0 ? "true" : "false" }) }
    package mutating func set(_ name: String, _ value: Int?) { raw(name, value.map(String.init) ?? "null") }
    package mutating func set(_ name: String, _ value: Double?) { raw(name, value.map { "\($0)" } ?? "null") }
    package mutating func set(_ name: String, _ value: UUID?) { set(name, value?.text) }
    package mutating func set(_ name: String, _ value: Date?) { set(name, value?.iso8601Milliseconds) }
    package mutating func set(_ name: String, _ values: [String]) {
        raw(name, "[" + values.map(quoted).joined(separator: ",") + "]")
    }
    package mutating func set(_ name: String, _ value: JSONObject) { raw(name, value.text) }
    package mutating func set(_ name: String, _ values: [JSONObject]) {
        raw(name, "[" + values.map(\.text).joined(separator: ",") + "]")
    }

    /// A value that is JSON already.
    package mutating func raw(_ name: String, _ json: String?) {
        if !body.isEmpty { body += "," }
        body += quoted(name) + ":" + (json ?? "null")
    }
}

private func quoted(_ text: String) -> String {
    var json = ""
    json.appendJSONString(text)
    return json
}

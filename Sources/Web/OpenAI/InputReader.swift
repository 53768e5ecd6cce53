import Engine
import Foundation
import NIOCore

/// A part of a body with its name, so that whatever is wrong with it is named as OpenAI's errors name it:
/// `messages[1].content`.
struct InputReader {
    let node: JSONNode
    let name: String

    /// The body itself; an object.
    init(_ body: ByteBuffer) throws(WebError) {
        guard let node = JSONNode(Array(body.readableBytesView)), node.isObject else {
            throw WebError(
                .badRequest,
                "The body of the request is not a JSON object of at most \(JSONNode.mostValues) values."
            )
        }
        self.init(node, name: "")
    }

    init(_ node: JSONNode, name: String) {
        self.node = node
        self.name = name
    }

    /// nil when it is missing or null.
    subscript(_ member: String) -> InputReader? {
        node[member].map { InputReader($0, name: name.isEmpty ? member : "\(name).\(member)") }
    }

    func need(_ member: String) throws(WebError) -> InputReader {
        guard let part = self[member] else {
            let missing = name.isEmpty ? member : "\(name).\(member)"
            throw .invalid(missing, "Missing required parameter: '\(missing)'.", code: "missing_required_parameter")
        }
        return part
    }

    func string() throws(WebError) -> String {
        guard let text = node.string else { throw wrong("a string") }
        return text
    }

    func bool() throws(WebError) -> Bool {
        guard let flag = node.bool else { throw wrong("a boolean") }
        return flag
    }

    func int(in range: ClosedRange<Int>) throws(WebError) -> Int {
        guard let number = node.int else { throw wrong("an integer") }
        guard range.contains(number) else {
            throw refused("expected an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func number(in range: ClosedRange<Double>) throws(WebError) -> Double {
        guard let number = node.double else { throw wrong("a number") }
        guard range.contains(number) else {
            throw refused("expected a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func array() throws(WebError) -> [InputReader] {
        guard let items = node.array else { throw wrong("an array") }
        return items.enumerated().map { InputReader($1, name: "\(name)[\($0)]") }
    }

    func object() throws(WebError) -> InputReader {
        guard node.isObject else { throw wrong("an object") }
        return self
    }

    /// Of another type than it must be.
    func wrong(_ type: String) -> WebError {
        .invalid(name, "Invalid type for '\(name)': expected \(type).", code: "invalid_type")
    }

    func refused(_ reason: String) -> WebError { .refused(name, reason) }

    /// What is not done here, whatever its value.
    func unsupported(_ reason: String) -> WebError { .unsupported(name, reason) }
}

extension WebError {
    /// A value that cannot be, as OpenAI's API says it.
    static func refused(_ name: String, _ reason: String) -> WebError {
        .invalid(name, "Invalid value for '\(name)': \(reason).", code: "invalid_value")
    }

    /// The same of what is not done here, whatever its value.
    static func unsupported(_ name: String, _ reason: String) -> WebError {
        .invalid(name, "Unsupported parameter: '\(name)'. \(reason)", code: "unsupported_parameter")
    }

    fileprivate static func invalid(_ field: String, _ message: String, code: String) -> WebError {
        var error = WebError.invalid(field, message)
        error.specificCode = code
        return error
    }
}

import Foundation

/// A message of JSON-RPC 2.0.
package enum MCPMessage: Sendable, Equatable {
    case request(id: JSONValue, method: String, parameters: JSONValue?)
    case notification(method: String, parameters: JSONValue?)
    /// The answer to a request of ours.
    case result(id: JSONValue, JSONValue)
    /// `id` is null where the other side could not read ours.
    case error(id: JSONValue, code: Int, message: String)

    /// nil of what is none.
    package init?(_ value: JSONValue) {
        guard value["jsonrpc"]?.string == "2.0" else { return nil }
        if let method = value["method"]?.string {
            guard let id = value["id"], id != .null else {
                self = .notification(method: method, parameters: value["params"])
                return
            }
            self = .request(id: id, method: method, parameters: value["params"])
        } else if let id = value["id"], let result = value["result"] {
            self = .result(id: id, result)
        } else if let error = value["error"], error.object != nil {
            self = .error(
                id: value["id"] ?? .null,
                code: error["code"]?.int ?? 0,
                message: error["message"]?.string ?? "no reason was given"
            )
        } else {
            return nil
        }
    }

    /// All messages in a text: one, or a batch of the older revisions; none when it is no JSON.
    package static func read(_ bytes: [UInt8]) -> [MCPMessage] {
        guard let value = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self)) else { return [] }
        return (value.array ?? [value]).compactMap(MCPMessage.init)
    }

    package var text: String {
        var members: [String: JSONValue] = ["jsonrpc": .string("2.0")]
        switch self {
        case .request(let id, let method, let parameters):
            members["id"] = id
            members["method"] = .string(method)
            members["params"] = parameters
        case .notification(let method, let parameters):
            members["method"] = .string(method)
            members["params"] = parameters
        case .result(let id, let result):
            members["id"] = id
            members["result"] = result
        case .error(let id, let code, let message):
            members["id"] = id
            members["error"] = .object(["code": .number(Decimal(code)), "message": .string(message)])
        }
        return JSONValue.object(members).text
    }

    /// Of a request or an answer.
    package var id: JSONValue? {
        switch self {
        case .request(let id, _, _), .result(let id, _), .error(let id, _, _): id
        case .notification: nil
        }
    }

    package var isAnswer: Bool {
        switch self {
        case .result, .error: true
        case .request, .notification: false
        }
    }
}

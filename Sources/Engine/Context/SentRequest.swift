import Foundation

/// What a model was sent in one call, as it is kept: exactly, but for the messages of the conversation, which are told
/// by their number, and for what the call before it in the same attempt had sent already.
package struct SentRequest: Sendable, Equatable {
    /// Instruction, tools and parameters, a JSON object: the same in most calls.
    package var preamble: String
    /// How many bytes of the last call's `body` this one begins with.
    package var prefixBytes: Int
    /// What follows them.
    package var suffix: String

    /// `last` is the body of the call before, empty before the first.
    init(_ request: ModelRequest, body: String, after last: String) {
        preamble = Self.preamble(of: request)
        prefixBytes = last.bytesShared(with: body)
        suffix = String(decoding: body.utf8.dropFirst(prefixBytes), as: UTF8.self)
    }

    package init(preamble: String, prefixBytes: Int, suffix: String) {
        self.preamble = preamble
        self.prefixBytes = prefixBytes
        self.suffix = suffix
    }

    /// The messages as JSON objects, each with a comma behind it, so that a longer talk begins like a shorter one.
    /// `isTurn` says that the history is the conversation's, where it can be looked up again, from the person's message
    /// back.
    static func body(of fitted: FittedRequest, isTurn: Bool) -> String {
        var text = ""
        for (index, message) in fitted.request.messages.enumerated() {
            if isTurn, fitted.history.contains(index) {
                if index == fitted.history.lowerBound { text += "{\"history\":\(fitted.history.count)}," }
            } else {
                text += message.json + ","
            }
        }
        return text
    }

    private static func preamble(of request: ModelRequest) -> String {
        var json = JSONFields()
        json.set("instruction", request.instruction)
        json.raw("tools", "[" + request.tools.map(\.json).joined(separator: ",") + "]")
        json.raw("temperature", request.temperature.map { "\($0)" } ?? "null")
        json.raw("max_tokens", request.maximumTokens.map(String.init) ?? "null")
        return json.closed
    }
}

extension ModelMessage {
    /// As people are shown what a model was sent.
    package var json: String {
        var json = JSONFields()
        switch self {
        case .system(let text):
            json.set("role", "system")
            json.set("content", text)
        case .user(let text, let pictures):
            json.set("role", "user")
            json.set("content", text)
            let shown = pictures.filter(\.isSent).map { JSONValue.string($0.name) }
            if !shown.isEmpty { json.raw("pictures", JSONValue.array(shown).text) }
        case .assistant(let text, let calls):
            json.set("role", "assistant")
            json.set("content", text)
            if !calls.isEmpty { json.raw("tool_calls", "[" + calls.map(\.json).joined(separator: ",") + "]") }
        case .toolResult(let id, let name, let content, let isError):
            json.set("role", "tool")
            json.set("call_id", id)
            json.set("tool_name", name)
            json.set("content", content)
            json.set("is_error", isError)
        }
        return json.closed
    }
}

extension ToolCall {
    fileprivate var json: String {
        var json = JSONFields()
        json.set("call_id", id)
        json.set("tool_name", name)
        json.set("arguments", arguments)
        return json.closed
    }
}

extension ToolDescription {
    fileprivate var json: String {
        var json = JSONFields()
        json.set("name", name)
        json.set("description", description)
        json.raw("schema", schema)
        return json.closed
    }
}

extension String {
    /// Bytes of whole characters that both begin with.
    fileprivate func bytesShared(with other: String) -> Int {
        var count = 0
        for (one, two) in zip(utf8, other.utf8) {
            guard one == two else { break }
            count += 1
        }
        // A character is not cut in two: both are the same up to here, so one of them tells.
        while count > 0,
            other.utf8.index(other.startIndex, offsetBy: count).samePosition(in: other.unicodeScalars) == nil
        { count -= 1 }
        return count
    }
}

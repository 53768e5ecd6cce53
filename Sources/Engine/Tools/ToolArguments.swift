import Foundation

/// The arguments of a tool call as models write them.
enum ToolArguments {
    /// Takes what is certain in spite of its form: nothing at all for no arguments, JSON inside a JSON string, JSON in a
    /// code fence. Everything else throws `JSONError`.
    static func parse(_ text: String) throws -> JSONValue {
        let text = text.trimmed.withoutFence
        if text.isEmpty { return .object([:]) }
        let value = try JSONValue(parsing: text)
        if case .string(let inner) = value, let unpacked = try? JSONValue(parsing: inner), unpacked.object != nil {
            return unpacked
        }
        return value == .null ? .object([:]) : value
    }
}

extension String {
    fileprivate var withoutFence: String {
        guard hasPrefix("```"), hasSuffix("```"), utf8.count > 6, let line = firstIndex(of: "\n") else { return self }
        return String(self[index(after: line)...].dropLast(3)).trimmed
    }
}

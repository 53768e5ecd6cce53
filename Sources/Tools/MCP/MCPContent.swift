import Engine
import Foundation

/// What a server gave back, as a model reads it: text as it is, other things by what they are.
enum MCPContent {
    /// Of a call. Throws `ToolFailure` when the server says that it failed.
    static func text(ofCall result: JSONValue) throws -> String {
        var parts = (result["content"]?.array ?? []).map(part)
        if parts.allSatisfy(\.isEmpty), let structured = result["structuredContent"], structured != .null {
            parts = [structured.text]
        }
        let text = parts.joined(separator: "\n")
        guard result["isError"] != .bool(true) else {
            throw ToolFailure(text.isEmpty ? "The tool failed without a reason." : text)
        }
        return text.isEmpty ? "(The tool returned nothing.)" : text
    }

    /// Of `resources/read`.
    static func text(ofResource result: JSONValue) -> String {
        let parts = (result["contents"]?.array ?? []).map(resource)
        return parts.isEmpty ? "(There is nothing in it.)" : parts.joined(separator: "\n")
    }

    /// Of `prompts/get`: who says what.
    static func text(ofPrompt result: JSONValue) -> String {
        let about = result["description"]?.string.map { ["\($0)"] } ?? []
        let messages = (result["messages"]?.array ?? []).map { message in
            "\(message["role"]?.string ?? "user"): \(message["content"].map(part) ?? "")"
        }
        return (about + messages).joined(separator: "\n\n")
    }

    private static func part(_ part: JSONValue) -> String {
        switch part["type"]?.string {
        case "text": part["text"]?.string ?? ""
        case "resource": part["resource"].map(resource) ?? ""
        case "resource_link": "[resource \(part["name"]?.string ?? ""): \(part["uri"]?.string ?? "")]"
        case let kind?: data(kind, part["data"]?.string, part["mimeType"]?.string)
        case nil: ""
        }
    }

    private static func resource(_ resource: JSONValue) -> String {
        if let text = resource["text"]?.string { return text }
        return data(resource["uri"]?.string ?? "data", resource["blob"]?.string, resource["mimeType"]?.string)
    }

    /// A model reads no bytes here; it is told what they are.
    private static func data(_ kind: String, _ base64: String?, _ type: String?) -> String {
        "[\(kind): \(type ?? "unknown type"), \((base64?.utf8.count ?? 0) / 4 * 3) bytes, not shown]"
    }
}

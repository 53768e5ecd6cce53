import Engine
import Foundation

/// The conversation that a program brings along.
struct ChatMessages {
    /// The words before the first other message are the instruction.
    private(set) var request = ModelRequest(instruction: "", messages: [])
    /// The names of the calls that were made so far, by their ids.
    private var calls: [String: String] = [:]

    init(_ input: InputReader) throws(WebError) {
        let messages = try input.array()
        guard !messages.isEmpty else { throw input.refused("there must be at least one message") }
        for message in messages { try add(try message.object()) }
    }

    private mutating func add(_ message: InputReader) throws(WebError) {
        let role = try message.need("role")
        switch try role.string() {
        case "system", "developer": addSystem(try Self.text(try message.need("content")))
        case "user":
            let content = try message.need("content")
            request.messages.append(.user(try Self.text(content), pictures: try Self.pictures(content)))
        case "assistant": try addAssistant(message)
        case "tool":
            let id = try message.need("tool_call_id")
            guard let name = calls[try id.string()] else {
                throw id.refused("no message before it has a tool call of this id")
            }
            let content = try Self.text(try message.need("content"))
            let result = ModelMessage.toolResult(
                callID: try id.string(),
                toolName: name,
                content: content,
                isError: false
            )
            request.messages.append(result)
        default: throw role.refused("expected 'system', 'developer', 'user', 'assistant' or 'tool'")
        }
    }

    private mutating func addSystem(_ text: String) {
        guard request.messages.isEmpty else { return request.messages.append(.system(text)) }
        request.instruction += request.instruction.isEmpty ? text : "\n\n" + text
    }

    private mutating func addAssistant(_ message: InputReader) throws(WebError) {
        if let old = message["function_call"] { throw old.unsupported("Use 'tool_calls'.") }
        let made = try message["tool_calls"]?.array().map(Self.call) ?? []
        guard let content = message["content"] ?? message["refusal"] else {
            guard !made.isEmpty else { throw try message.need("content").wrong("a string") }
            return add(text: "", made)
        }
        add(text: try Self.text(content), made)
    }

    private mutating func add(text: String, _ made: [ToolCall]) {
        for call in made { calls[call.id] = call.name }
        request.messages.append(.assistant(text: text, toolCalls: made))
    }

    private static func call(_ call: InputReader) throws(WebError) -> ToolCall {
        let function = try call.object().need("function").object()
        return ToolCall(
            id: try call.need("id").string(),
            name: try function.need("name").string(),
            arguments: try function["arguments"]?.string() ?? "{}"
        )
    }
}

extension ChatMessages {
    /// Text, or the text of parts; a part is a paragraph of its own.
    private static func text(_ content: InputReader) throws(WebError) -> String {
        if let text = content.node.string { return text }
        guard content.node.array != nil else { throw content.wrong("a string or an array of parts") }
        var texts: [String] = []
        for part in try content.array() {
            let type = try part.object().need("type")
            switch try type.string() {
            case "text": texts.append(try part.need("text").string())
            case "refusal": texts.append(try part.need("refusal").string())
            case "image_url": break
            default: throw type.refused("expected 'text' or 'image_url'")
            }
        }
        return texts.joined(separator: "\n\n")
    }

    private static func pictures(_ content: InputReader) throws(WebError) -> [ModelPicture] {
        guard content.node.array != nil else { return [] }
        var pictures: [ModelPicture] = []
        for part in try content.array() where part.node["type"]?.string == "image_url" {
            let image = try part.need("image_url").object()
            let url = try image.need("url")
            guard var picture = ModelPicture(url: try url.string(), number: pictures.count + 1) else {
                throw url.refused("expected https:// or data:image/…;base64, of PNG, JPEG, GIF or WebP")
            }
            picture.detail = try image["detail"]?.string()
            pictures.append(picture)
        }
        return pictures
    }
}

extension ModelPicture {
    /// The provider goes there, and may stand in the server's own network: only names that the world has.
    private static func isPublicName(_ host: String) -> Bool {
        let labels = host.lowercased().split(separator: ".", omittingEmptySubsequences: true)
        guard labels.count > 1, let last = labels.last, !host.contains(":") else { return false }
        let isNumber = last.allSatisfy(\.isNumber) || last.hasPrefix("0x")
        return !isNumber
            && !["localhost", "local", "internal", "lan", "home", "arpa", "test", "invalid"].contains(last)
    }

    private static let mediaTypes: Set<String> = ["image/png", "image/jpeg", "image/gif", "image/webp"]

    /// Its bytes in a `data:` address, or an address that the provider fetches.
    fileprivate init?(url: String, number: Int) {
        let name = "picture \(number)"
        if url.hasPrefix("https://"), let host = URL(string: url)?.host(), Self.isPublicName(host) {
            self.init(fileID: .v7(), name: name, mediaType: "", address: url)
        } else {
            guard url.hasPrefix("data:"), let comma = url.firstIndex(of: ",") else { return nil }
            let head = url[..<comma].dropFirst(5).lowercased()
            let type = head.hasSuffix(";base64") ? String(head.dropLast(7)) : ""
            let data = String(url[url.index(after: comma)...])
            guard Self.mediaTypes.contains(type), !data.isEmpty, Data(base64Encoded: data) != nil else { return nil }
            self.init(fileID: .v7(), name: name, mediaType: type, data: data)
        }
    }
}

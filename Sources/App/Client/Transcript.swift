import Engine

/// A conversation as it was said: the branch that is read now.
struct Transcript: Sendable {
    /// More than anybody reads.
    private static let most = 100_000

    let conversation: JSONValue
    let messages: [JSONValue]

    init(_ id: String, _ client: ServerClient) async throws(CommandFailure) {
        conversation = try await client.get("/v1/conversations/\(id)")
        messages = try await client.list("/v1/conversations/\(id)/messages", limit: Self.most)
    }

    var json: JSONValue { .object(["conversation": conversation, "messages": .array(messages)]) }

    var markdown: String {
        let said = messages.map { "## \(Self.speaker($0)), \($0["timestamp"]?.string ?? "")\n\n\(Self.content($0))" }
        return (["# \(title)"] + said).joined(separator: "\n\n")
    }

    func text(_ traits: TerminalTraits) -> String {
        let said = messages.map { traits.bold(Self.speaker($0)) + "\n" + traits.harmless(Self.content($0)) }
        return ([traits.bold(title)] + said).joined(separator: "\n\n")
    }

    private var title: String { (conversation["title"]?.string ?? "").harmlessLine }

    private static func speaker(_ message: JSONValue) -> String {
        message["role"]?.string == "user" ? "You" : "Answer"
    }

    private static func content(_ message: JSONValue) -> String {
        let files = (message["attachments"]?.array ?? []).compactMap { $0["name"]?.string }
        let text = message["content"]?.string ?? ""
        return files.isEmpty ? text : text + "\n\n[\(files.joined(separator: ", ").harmlessLine)]"
    }
}

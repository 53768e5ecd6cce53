import Engine
import Foundation

/// The beginning of a session, and the reading of what the server offers.
struct MCPHandshake: Sendable {
    /// Revisions of the protocol that are spoken here, the newest first.
    static let versions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]

    /// Of lists of tools, and of resources and prompts, which people only look at.
    private static let most = (tools: 300, entries: 300, pages: 50)

    let session: MCPSession
    let transport: any MCPTransport
    /// This program's.
    let version: String
    /// How long a server may take for each answer.
    var patience = MCPDoor.usualPatience

    /// Says hello and reads all lists. Throws `MCPFailure`.
    func perform() async throws -> MCPOffer {
        let hello = try await session.request(
            "initialize",
            [
                "protocolVersion": .string(Self.versions[0]),
                "capabilities": .object([:]),
                "clientInfo": .object(["name": .string("ALMA"), "version": .string(version)]),
            ],
            within: patience
        )
        guard let agreed = hello["protocolVersion"]?.string, Self.versions.contains(agreed) else {
            let other = hello["protocolVersion"]?.string.map { "revision \($0.prefix(40))" } ?? "none that it names"
            throw MCPFailure(
                .connection,
                "The server speaks another revision of the protocol: \(other). This one speaks \(Self.versions.joined(separator: ", "))."
            )
        }
        transport.agreed(on: agreed)
        try await session.notify("notifications/initialized")
        let about = hello["serverInfo"]
        var offer = MCPOffer(
            protocolVersion: agreed,
            title: Self.line(about?["title"]?.string ?? about?["name"]?.string, 200),
            version: Self.line(about?["version"]?.string, 100)
        )
        let capabilities = hello["capabilities"]
        if capabilities?["tools"]?.object != nil { offer.tools = try await tools() }
        session.canSubscribe.withLock { $0 = capabilities?["resources"]?["subscribe"] == .bool(true) }
        if capabilities?["resources"]?.object != nil { offer.resources = try await resources() }
        if capabilities?["prompts"]?.object != nil { offer.prompts = try await prompts() }
        return offer
    }

    /// The same, once more, after the server has said that something is different.
    func again(_ event: MCPSession.Event, _ offer: MCPOffer) async throws -> MCPOffer {
        var offer = offer
        switch event {
        case .toolsChanged: offer.tools = try await tools()
        case .resourcesChanged: offer.resources = try await resources()
        case .promptsChanged: offer.prompts = try await prompts()
        case .reply: break
        }
        return offer
    }

    private func tools() async throws -> [MCPTool] {
        var seen: Set<String> = []
        return try await list("tools/list", "tools", most: Self.most.tools).compactMap(MCPTool.init(offered:))
            .filter { seen.insert($0.name).inserted }
    }

    private func resources() async throws -> [MCPEntry] {
        let whole = try await list("resources/list", "resources", most: Self.most.entries)
        // Servers without templates need not know the question.
        let templates =
            (try? await list("resources/templates/list", "resourceTemplates", most: Self.most.entries)) ?? []
        return (whole + templates).prefix(Self.most.entries).compactMap { entry in
            guard let address = entry["uri"]?.string ?? entry["uriTemplate"]?.string else { return nil }
            return MCPEntry(
                name: Self.line(entry["title"]?.string ?? entry["name"]?.string, 200),
                address: String(address.prefix(2000)),
                description: Self.line(entry["description"]?.string, 1000)
            )
        }
    }

    private func prompts() async throws -> [MCPEntry] {
        try await list("prompts/list", "prompts", most: Self.most.entries).compactMap { entry in
            guard let name = entry["name"]?.string else { return nil }
            let arguments = (entry["arguments"]?.array ?? []).compactMap { $0["name"]?.string }
            let takes = arguments.isEmpty ? "" : " (takes \(arguments.joined(separator: ", ")))"
            return MCPEntry(
                name: String(name.prefix(200)),
                description: Self.line((entry["description"]?.string ?? "") + takes, 1000)
            )
        }
    }

    /// All pages of a list. A server that never comes to an end is cut off.
    private func list(_ method: String, _ member: String, most: Int) async throws -> [JSONValue] {
        var items: [JSONValue] = []
        var cursor: String?
        for _ in 0..<Self.most.pages {
            let page = try await session.request(
                method,
                cursor.map { ["cursor": .string($0)] } ?? [:],
                within: patience
            )
            items += page[member]?.array ?? []
            cursor = page["nextCursor"]?.string
            if cursor == nil || items.count >= most { break }
        }
        return Array(items.prefix(most))
    }

    /// A stranger's words on one line.
    private static func line(_ text: String?, _ limit: Int) -> String {
        String((text ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(limit))
    }
}

extension MCPTool {
    private static let longestDescription = 8000
    private static let longestSchema = 64 * 1024

    /// nil of what has no name.
    init?(offered tool: JSONValue) {
        guard let name = tool["name"]?.string, !name.isEmpty, name.utf8.count <= 128 else { return nil }
        let described = tool["description"]?.string ?? tool["title"]?.string ?? ""
        self.init(
            name: name,
            description: String(
                described.unicodeScalars.filter { $0 != "\0" }.map(Character.init).prefix(Self.longestDescription)
            ),
            schema: tool["inputSchema"] ?? .null,
            isReadOnly: tool["annotations"]?["readOnlyHint"] == .bool(true)
        )
        problem = Self.problem(with: schema)
        if problem != nil { schema = .object(["type": .string("object")]) }
    }

    private static func problem(with schema: JSONValue) -> String? {
        guard schema.object != nil, schema["type"]?.string == "object" else {
            return "Its schema is not that of an object."
        }
        guard schema.text.utf8.count <= longestSchema else { return "Its schema is larger than 64 KB." }
        guard !schema.text.contains("\\u0000") else { return "Its schema holds a zero character." }
        do {
            _ = try JSONSchema(schema)
            return nil
        } catch {
            return "Its schema cannot be read: \(String("\(error)".prefix(300)))"
        }
    }
}

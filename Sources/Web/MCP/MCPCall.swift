import Engine
import Foundation
import Storage

/// One call of a program's, in the name of its person.
struct MCPCall: Sendable {
    let services: WebServices
    let identity: Identity
    /// As the client names it; nil of one that names none, whose calls cannot be cancelled.
    let session: UUID?
    let id: JSONValue

    private var store: Store { services.store }
    private var principal: Principal { identity.principal }

    /// Under which its run is found again: by a call that is sent twice, and by its cancellation, on whichever node.
    var key: String? { session.map { "mcp:\($0.text):\(id.text.prefix(150))" } }

    /// The run is stopped, if there is one.
    func cancel() async throws {
        guard let key, let run = try await store.run(withKey: key, by: principal) else { return }
        try await services.cancel(run.id, by: principal)
    }

    /// Of those that are answered at once.
    func result(of tool: MCPOfferedTool, _ arguments: JSONValue) async throws -> JSONValue {
        switch tool {
        case .listAgents: return try await agents()
        case .listConversations: return try await conversations(arguments)
        case .getConversation: return try await conversation(arguments)
        case .search: return try await matches(arguments)
        case .askAgent: return .failure("It is answered by a stream.")
        }
    }

    /// Those that can be talked to now.
    func activeAgents() async throws -> [AgentChoice] {
        try await store.agentsToChoose(status: "active", by: principal).items
    }

    private func agents() async throws -> JSONValue {
        let agents = try await activeAgents()
        let lines = agents.map { "\($0.name): \($0.displayName). \($0.description ?? "")" }
        let list = agents.map { agent in
            JSONValue.object([
                "name": .string(agent.name), "display_name": .string(agent.displayName),
                "description": .string(agent.description ?? ""),
            ])
        }
        return .success(lines.joined(separator: "\n"), .object(["agents": .array(list)]))
    }

    private func conversations(_ arguments: JSONValue) async throws -> JSONValue {
        let found = try await store.conversations(
            search: arguments["text"]?.string,
            isArchived: nil,
            page: Page(number: arguments["page"]?.int ?? 1, size: arguments["limit"]?.int ?? 20),
            by: principal
        )
        let list = found.items.map { one in
            JSONValue.object([
                "conversation_id": .string(one.id.text), "title": .string(one.title),
                "messages": .number(Decimal(one.messageCount)),
                "last_message_at": one.lastMessageAt.map { .string($0.iso8601Milliseconds) } ?? .null,
            ])
        }
        let lines = found.items.map { "\($0.id.text): \($0.title)" }
        return .success(
            lines.isEmpty ? "There are none." : lines.joined(separator: "\n"),
            .object(["conversations": .array(list), "total": .number(Decimal(found.total))])
        )
    }

    private func conversation(_ arguments: JSONValue) async throws -> JSONValue {
        guard let id = arguments["conversation_id"]?.string.flatMap(UUID.init(uuidString:)),
            let known = try await store.conversation(id, by: principal),
            let messages = try await store.messages(
                in: id,
                before: nil,
                limit: arguments["limit"]?.int ?? 50,
                by: principal
            )
        else { return .failure("There is no such conversation.") }
        let list = messages.map { message in
            JSONValue.object([
                "message_id": .string(message.id.text), "role": .string(message.role),
                "content": .string(message.content), "timestamp": .string(message.timestamp.iso8601Milliseconds),
            ])
        }
        let text = messages.map { "\($0.role): \($0.content)" }.joined(separator: "\n\n")
        return .success(
            text.isEmpty ? "Nothing has been said in it." : text,
            .object([
                "conversation_id": .string(id.text), "title": .string(known.title), "messages": .array(list),
            ])
        )
    }

    private func matches(_ arguments: JSONValue) async throws -> JSONValue {
        let found = try await store.search(
            arguments["text"]?.string ?? "",
            notIn: nil,
            limit: arguments["limit"]?.int ?? 20,
            by: principal
        )
        let list = found.map { match in
            JSONValue.object([
                "conversation_id": .string(match.conversationID.text), "title": .string(match.conversationTitle),
                "role": .string(match.role), "excerpt": .string(match.excerpt),
                "timestamp": .string(match.timestamp.iso8601Milliseconds),
            ])
        }
        let lines = found.map { "\($0.conversationTitle) (\($0.conversationID.text)), \($0.role): \($0.excerpt)" }
        return .success(
            lines.isEmpty ? "Nothing was found." : lines.joined(separator: "\n\n"),
            .object(["matches": .array(list)])
        )
    }
}

import Engine
import Foundation
import Postgres

/// The messages of a conversation, out of which the way to one of them is told: each answer belongs to the message
/// before it, so that an answer which was tried again is told once.
struct History {
    private struct Entry {
        var parent: UUID?
        var role: String
        var content: String
    }

    private var entries: [UUID: Entry] = [:]

    init(_ rows: Rows) throws {
        for row in rows {
            entries[try row.get("message_id")] = Entry(
                parent: try row.get("parent_message_id"),
                role: try row.get("role"),
                content: try row.get("content")
            )
        }
    }

    /// Oldest first; ends where the messages that were read end.
    func upTo(_ last: UUID) -> [ModelMessage] {
        var messages: [ModelMessage] = []
        var next: UUID? = last
        while let id = next, let entry = entries[id], messages.count <= entries.count {
            next = entry.parent
            switch entry.role {
            case "user": messages.append(.user(entry.content))
            case "assistant" where !entry.content.isEmpty:
                messages.append(.assistant(text: entry.content, toolCalls: []))
            default: break
            }
        }
        return messages.reversed()
    }
}

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
        var attachments: [AttachedFile]

        /// With what came along.
        var said: ModelMessage {
            let pictures = attachments.filter { !$0.isDeleted && MediaKind.isPicture($0.mediaType) }.map {
                ModelPicture(fileID: $0.fileID, name: $0.name, mediaType: $0.mediaType)
            }
            return .user(attachments.told(with: content), pictures: pictures)
        }
    }

    private var entries: [UUID: Entry] = [:]

    init(_ rows: some Sequence<Row>) throws {
        for row in rows {
            entries[try row.get("message_id")] = Entry(
                parent: try row.get("parent_message_id"),
                role: try row.get("role"),
                content: try row.get("content"),
                attachments: AttachedFile.list(json: try row.get("attachments"))
            )
        }
    }

    /// The way to a message, oldest first.
    struct Path {
        var messages: [ModelMessage] = []
        /// Of the messages, one by one.
        var ids: [UUID] = []
        /// It goes on before what was read.
        var isCut = false
    }

    /// Ends where the messages that were read end.
    func upTo(_ last: UUID) -> Path {
        var path = Path()
        var seen: Set<UUID> = []
        var next: UUID? = last
        while let id = next, let entry = entries[id], seen.insert(id).inserted {
            next = entry.parent
            switch entry.role {
            case "user": path.messages.append(entry.said)
            case "assistant" where !entry.content.isEmpty:
                path.messages.append(.assistant(text: entry.content, toolCalls: []))
            default: continue
            }
            path.ids.append(id)
        }
        path.messages.reverse()
        path.ids.reverse()
        path.isCut = next.map { entries[$0] == nil } ?? false
        return path
    }
}

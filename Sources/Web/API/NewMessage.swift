import Foundation
import Storage

/// Something that a person says, as programs and sockets send it.
struct NewMessage: Decodable, Sendable {
    var content: String
    var agentId: UUID?
    var modelId: UUID?
    /// The caller's own name for it, until it has one.
    var messageId: String?
    /// `high`, `normal` or `low`.
    var urgency: String?
    /// What to do while an answer is under way: `steer` or `queue`; without it the message is refused then.
    var mode: String?
    /// Files that were uploaded into this conversation, named by their id or their address.
    var attachments: [AttachmentName]?
}

/// A file of the conversation that comes along, named by its id or its address.
struct AttachmentName: Decodable, Sendable {
    var fileId: UUID?
    var url: String?
}

extension WebServices {
    /// `key`: with the same one it is the same turn, however often it comes.
    func turn(_ message: NewMessage, in conversation: UUID, key: String?) throws(WebError) -> TurnInput {
        TurnInput(
            conversationID: conversation,
            content: message.content,
            attachments: try attachments(message.attachments ?? []),
            agentID: message.agentId,
            modelID: message.modelId,
            temporaryMessageID: message.messageId,
            idempotencyKey: key,
            urgency: try Urgency(named: message.urgency)
        )
    }
}

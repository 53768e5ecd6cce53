import Crypto
package import Engine
package import Foundation

/// Where in a conversation a turn begins.
package enum TurnPlace: Sendable, Equatable {
    /// After what is shown.
    case end
    /// Beside this message of a person, as another version of it.
    case beside(UUID)
    /// Under a person's message, as another answer to it; nothing new is said. An answer stands for its question.
    case again(UUID)
}

/// What a person says, and to whom.
package struct TurnInput: Sendable, Equatable {
    package var conversationID: UUID
    /// At most 256 KB.
    package var content: String
    package var place: TurnPlace
    /// Files of the conversation that come along. Of a changed message nothing said means those of the one before.
    package var attachments: [UUID]
    /// nil: the assistant; of what was said or answered before, whoever answered then.
    package var agentID: UUID?
    /// nil: the agent's model, or the organisation's default; of what the same agent has answered before, the model then.
    package var modelID: UUID?
    /// The name under which the page shows the message until it has its own.
    package var temporaryMessageID: String?
    /// The same key with the same content is the same turn, however often it comes.
    package var idempotencyKey: String?
    /// The conversation was made for this turn: coming again, the same turn has another one with it.
    package var beginsConversation: Bool
    /// What else the same turn has in common, such as what was said before in the conversation that it begins.
    package var circumstances: String?
    package var urgency: Urgency

    package init(
        conversationID: UUID,
        content: String,
        at place: TurnPlace = .end,
        attachments: [UUID] = [],
        agentID: UUID? = nil,
        modelID: UUID? = nil,
        temporaryMessageID: String? = nil,
        idempotencyKey: String? = nil,
        beginsConversation: Bool = false,
        circumstances: String? = nil,
        urgency: Urgency = .normal
    ) {
        self.conversationID = conversationID
        self.content = content
        self.place = place
        self.attachments = attachments
        self.agentID = agentID
        self.modelID = modelID
        self.temporaryMessageID = temporaryMessageID
        self.idempotencyKey = idempotencyKey
        self.beginsConversation = beginsConversation
        self.circumstances = circumstances
        self.urgency = urgency
    }
}

/// A turn that was accepted: it cannot be lost any more.
package struct TurnStart: Sendable, Equatable {
    package var run: Run
    /// false when the idempotency key had begun it before, or had come with what it has taken in.
    package var isNew: Bool
    /// The message that the run has taken in while it was at work; nil for the one that it began with.
    var heard: UUID?

    /// The message that came with the key.
    package var messageID: UUID { heard ?? run.userMessageID }
}

extension TurnInput {
    static let contentLimit = 256 * 1024

    func check() throws {
        _ = try temporaryMessageID.map { try Checks.text($0, "message_id", upTo: 200, allowsEmpty: true) }
        _ = try idempotencyKey.map { try Checks.text($0, "idempotency_key", upTo: 255) }
        if case .again = place { return }
        guard !attachments.isEmpty || content.contains(where: { !$0.isWhitespace }) else {
            throw StorageError.invalid("content", "There is nothing to send.")
        }
        guard content.utf8.count <= Self.contentLimit else {
            throw StorageError.invalid("content", "At most 256 KB; this has \(content.utf8.count / 1024).")
        }
        guard !content.utf8.contains(0) else { throw StorageError.invalid("content", "It holds a zero byte.") }
    }

    /// The first line, cut to 60 characters.
    var title: String {
        let lines = content.split(whereSeparator: \.isNewline).lazy.map { $0.trimmingCharacters(in: .whitespaces) }
        let line = lines.first { !$0.isEmpty } ?? Conversation.untitled
        let title = line.count > 60 ? line.prefix(59) + "…" : line[...]
        // One character may be many code points, and the column counts those.
        return title.unicodeScalars.count <= 200
            ? String(title) : String(String.UnicodeScalarView(title.unicodeScalars.prefix(199)))
    }

    /// nil without an idempotency key.
    var requestHash: [UInt8]? {
        guard idempotencyKey != nil else { return nil }
        let conversation = beginsConversation ? "new" : conversationID.text
        let place =
            switch place {
            case .end: conversation
            case .beside(let message): conversation + " beside " + message.text
            case .again(let message): conversation + " again " + message.text
            }
        // Those of a new conversation were taken in for it, anew each time.
        let files = beginsConversation ? "" : attachments.map(\.text).joined(separator: " ")
        let parts =
            [place, agentID?.text ?? "", modelID?.text ?? "", content]
            + [files, circumstances ?? ""].filter { !$0.isEmpty }
        return Array(SHA256.hash(data: Data(parts.joined(separator: "\n").utf8)))
    }
}

package import Engine
package import Foundation
import Postgres

/// What a person wrote while an answer was under way, and nobody has taken in yet.
package struct PendingMessage: Sendable, Equatable {
    /// What shall become of it.
    package enum Mode: String, Sendable, CaseIterable {
        /// It goes into the answer that is under way, at its next step.
        case steer
        /// It is said when the answer is done.
        case queue
    }

    package var id: UUID
    package var organisationID: UUID
    package var userID: UUID
    package var conversationID: UUID
    /// The run that it steers; nil for one that waits for its turn.
    package var runID: UUID?
    package var content: String
    package var agentID: UUID?
    package var modelID: UUID?
    package var attachments: [UUID] = []
    /// By which it stands in the conversation; nil as long as no answer has taken it in.
    package var messageID: UUID?
    /// The answer was stopped: it waits for its person to send or discard it.
    package var isHeld: Bool
    package var createdAt: Date
    /// A program has said it.
    var isProgram = false
    /// The sender's own name for it, under which the log tells what becomes of it.
    package var temporaryID: String?
    var urgency = Urgency.normal
    var idempotencyKey: String?

    package init(
        id: UUID,
        organisationID: UUID,
        userID: UUID,
        conversationID: UUID,
        runID: UUID?,
        content: String,
        isHeld: Bool,
        createdAt: Date
    ) {
        self.id = id
        self.organisationID = organisationID
        self.userID = userID
        self.conversationID = conversationID
        self.runID = runID
        self.content = content
        self.isHeld = isHeld
        self.createdAt = createdAt
    }

    package var mode: Mode { runID == nil ? .queue : .steer }
}

/// What became of a message that was sent.
package enum SaidMessage: Sendable, Equatable {
    case turn(TurnStart)
    /// `isNew` is false when the idempotency key had brought it before.
    case pending(PendingMessage, isNew: Bool)
}

extension PendingMessage {
    /// For a `p` of pending messages.
    static let columns: Query = """
        p.pending_id, p.org_id, p.user_id, p.conversation_id, p.run_id, p.message_id, p.content, p.agent_id, p.model_id,
        p.is_held, p.created_at, p.urgency, p.idempotency_key, p.attachments, p.is_program, p.temp_message_id
        """

    init(_ row: Row) throws {
        id = try row.get("pending_id")
        organisationID = try row.get("org_id")
        userID = try row.get("user_id")
        conversationID = try row.get("conversation_id")
        runID = try row.get("run_id")
        messageID = try row.get("message_id")
        content = try row.get("content")
        agentID = try row.get("agent_id")
        modelID = try row.get("model_id")
        attachments = try row.get("attachments")
        isHeld = try row.get("is_held")
        createdAt = try row.get("created_at")
        urgency = Urgency(rawValue: try row.get("urgency")) ?? .normal
        idempotencyKey = try row.get("idempotency_key")
        isProgram = try row.get("is_program")
        temporaryID = try row.get("temp_message_id")
    }

    /// The turn that it becomes. The key makes it one turn, whoever begins it at the same moment.
    var turn: TurnInput {
        TurnInput(
            conversationID: conversationID,
            content: content,
            attachments: attachments,
            agentID: agentID,
            modelID: modelID,
            temporaryMessageID: temporaryID,
            idempotencyKey: idempotencyKey ?? "pending:\(id.text)",
            urgency: urgency
        )
    }
}

package import Foundation

/// A run as everyone may see it: one turn of an agent in a conversation, or a task within one. Its text and steps are in its event log.
package struct Run: Sendable, Equatable {
    package var id: UUID
    package var organisationID: UUID
    package var userID: UUID
    package var conversationID: UUID
    package var agentID: UUID
    /// The person's message that asked for it.
    package var userMessageID: UUID
    /// The answer's message, known before it is written so that events can name it.
    package var messageID: UUID
    package var state: RunState
    /// How often a worker has taken it up; 0 while it has never been claimed.
    package var attempt: Int
    package var errorCode: String?
    package var createdAt: Date
    package var finishedAt: Date?
    /// The run that asked for it and waits for its end; nil of a turn.
    package var parentRunID: UUID?
    /// The turn that it serves; a turn's is its own.
    package var rootRunID: UUID
    /// How many runs are above it.
    package var depth: Int

    package init(
        id: UUID,
        organisationID: UUID,
        userID: UUID,
        conversationID: UUID,
        agentID: UUID,
        userMessageID: UUID,
        messageID: UUID,
        state: RunState,
        attempt: Int,
        errorCode: String? = nil,
        createdAt: Date,
        finishedAt: Date? = nil,
        parentRunID: UUID? = nil,
        rootRunID: UUID? = nil,
        depth: Int = 0
    ) {
        self.id = id
        self.organisationID = organisationID
        self.userID = userID
        self.conversationID = conversationID
        self.agentID = agentID
        self.userMessageID = userMessageID
        self.messageID = messageID
        self.state = state
        self.attempt = attempt
        self.errorCode = errorCode
        self.createdAt = createdAt
        self.finishedAt = finishedAt
        self.parentRunID = parentRunID
        self.rootRunID = rootRunID ?? id
        self.depth = depth
    }
}

/// Where a run stands: `queued → running ⇄ waiting | paused → completed | failed | cancelled`. What rests is queued to go on.
package enum RunState: String, Sendable, CaseIterable {
    case queued, running, waiting, paused, stopping, completed, failed, cancelled

    /// No event follows a final state.
    package var isFinal: Bool { self == .completed || self == .failed || self == .cancelled }
}

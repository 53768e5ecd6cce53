import Engine
import Foundation

extension Run {
    static let sample = Run(
        id: .v7(),
        organisationID: .v7(),
        userID: .v7(),
        conversationID: .v7(),
        agentID: .v7(),
        userMessageID: .v7(),
        messageID: .v7(),
        state: .running,
        attempt: 1,
        createdAt: Date()
    )
}

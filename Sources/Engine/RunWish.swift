package import Foundation

/// What people want of a run that a worker holds.
package struct RunWish: Sendable, Equatable {
    package var run: UUID
    package var isCancelled: Bool
    package var isPaused: Bool
    /// Somebody has said something into it that it has not taken in.
    package var isSteered: Bool

    package init(run: UUID, isCancelled: Bool = false, isPaused: Bool = false, isSteered: Bool = false) {
        self.run = run
        self.isCancelled = isCancelled
        self.isPaused = isPaused
        self.isSteered = isSteered
    }
}

/// What a person said into a run that is at work.
package struct SteeringMessage: Sendable, Equatable {
    /// Of the message in the conversation.
    package var id: UUID
    package var content: String
    /// After how many steps the run took it in.
    package var step: Int
    /// The sender's own name for it.
    package var temporaryID: String?

    package init(id: UUID, content: String, step: Int, temporaryID: String? = nil) {
        self.id = id
        self.content = content
        self.step = step
        self.temporaryID = temporaryID
    }

    /// The key of the message that the `number`-th one (from 1) said into a run becomes: behind what the person said first
    /// and before its answer, whose keys are there already.
    package static func id(after userMessage: UUID, number: Int) -> UUID {
        var bytes = userMessage.uuid
        withUnsafeMutableBytes(of: &bytes) { bytes in
            var rest = number
            var index = 15
            while rest > 0, index > 8 {
                rest += Int(bytes[index])
                bytes[index] = UInt8(truncatingIfNeeded: rest)
                rest >>= 8
                index -= 1
            }
        }
        return UUID(uuid: bytes)
    }
}

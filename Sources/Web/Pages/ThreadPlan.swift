import Engine
import Foundation
import Storage

/// Brings the messages of a branch and their runs into one order: each message of a person, then what was or is being
/// answered to it.
struct ThreadPlan: Sendable {
    let entries: [Entry]

    enum Entry: Sendable {
        case said(Message)
        /// The message is nil when the run ended before it wrote anything.
        case answer(Message?, run: Run?, canRetry: Bool)
        case growing(Run)
    }

    /// `messages` and `runs` are in the order in which they came; `written` are the answers that are messages, on this
    /// branch or another. `next` is the message that follows on the branch; without one this is its end, where what has
    /// failed can be tried again.
    init(messages: [Message], runs: [Run], written: Set<UUID>, next: Message?) {
        let messages = messages.filter { $0.role == "user" || $0.role == "assistant" }
        let followers = messages.dropFirst() + [next].compactMap(\.self)
        let isIdle = runs.allSatisfy(\.state.isFinal)
        let anchors = Self.anchors(of: runs, in: messages)
        var entries: [Entry] = []
        for (index, message) in messages.enumerated() {
            let follower = followers.dropFirst(index).first
            let canRetry = follower == nil && isIdle
            if message.role == "assistant" {
                let run = runs.last { $0.messageID == message.id }
                entries.append(.answer(message, run: run, canRetry: canRetry))
                continue
            }
            entries.append(.said(message))
            guard follower?.role != "assistant", let run = runs.last(where: { anchors[$0.id] == message.id }) else {
                continue
            }
            // Written after the messages were read: the page hears of it as of any other that grows.
            let isNew = follower == nil && written.contains(run.messageID)
            if !run.state.isFinal || isNew {
                entries.append(.growing(run))
            } else if !written.contains(run.messageID) {
                entries.append(.answer(nil, run: run, canRetry: canRetry))
            }
        }
        self.entries = entries
    }

    /// The message behind which each run's answer grows: the last that the run has taken in.
    private static func anchors(of runs: [Run], in messages: [Message]) -> [UUID: UUID] {
        var anchors = Dictionary(runs.map { ($0.id, $0.userMessageID) }) { first, _ in first }
        for message in messages where message.role == "user" {
            guard let run = message.runID, anchors[run] != nil else { continue }
            anchors[run] = message.id
        }
        return anchors
    }
}

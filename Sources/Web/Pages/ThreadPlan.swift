import Engine
import Foundation
import Storage

/// Brings messages and runs into one order: each message of a person, then what was or is being answered to it.
struct ThreadPlan: Sendable {
    let entries: [Entry]

    enum Entry: Sendable {
        case said(Message)
        /// The message is nil when the run ended before it wrote anything.
        case answer(Message?, run: Run?, canRetry: Bool)
        case growing(Run)
    }

    /// `messages` and `runs` are in the order in which they came; `written` are the answers that are messages, though
    /// perhaps of another page. Only the newest page ends with what can be retried.
    init(messages: [Message], runs: [Run], written: Set<UUID>, isNewest: Bool) {
        let stored = Set(messages.map(\.id))
        let runsByAnswer = Dictionary(runs.map { ($0.messageID, $0) }) { _, last in last }
        let lastOf = Dictionary(runs.map { ($0.userMessageID, $0.id) }) { _, last in last }
        let lastSaid = messages.last { $0.role == "user" }?.id
        let isIdle = runs.allSatisfy(\.state.isFinal)
        var entries: [Entry] = []
        func canRetry(_ run: Run) -> Bool {
            isNewest && isIdle && run.userMessageID == lastSaid && lastOf[run.userMessageID] == run.id
        }
        for message in messages where message.role == "user" || message.role == "assistant" {
            if message.role == "assistant" {
                let run = runsByAnswer[message.id]
                let isSuperseded = run.map { lastOf[$0.userMessageID] != $0.id } ?? false
                if isSuperseded, message.content.isEmpty { continue }
                entries.append(.answer(message, run: run, canRetry: run.map(canRetry) ?? false))
                continue
            }
            entries.append(.said(message))
            for run in runs where run.userMessageID == message.id && !stored.contains(run.messageID) {
                // Written after the messages were read: the page hears of it as of any other that grows.
                let isNew = isNewest && written.contains(run.messageID)
                if !run.state.isFinal || isNew {
                    entries.append(.growing(run))
                } else if written.contains(run.messageID) {
                    continue
                } else if lastOf[message.id] == run.id {
                    entries.append(.answer(nil, run: run, canRetry: canRetry(run)))
                }
            }
        }
        self.entries = entries
    }
}

import Engine
import Foundation

/// A conversation in a list or in the rail.
struct ConversationRow: Sendable {
    let id: String
    let address: String
    let title: String
    let time: TimeText?
    /// Only while something is at work in it.
    private(set) var state: StateView?
    let messageCount: String
    let facts: String
    let isPinned: Bool
    let isCurrent: Bool
    let isToday: Bool

    init(
        id: UUID,
        title: String,
        lastMessageAt: Date?,
        messageCount: Int,
        isPinned: Bool = false,
        isCurrent: Bool = false,
        state: RunState? = nil,
        voice: Voice
    ) {
        self.id = id.text
        address = "/conversations/\(id.text)"
        self.title = title.isEmpty ? voice.words["conversations.untitled"] : title
        time = voice.time(lastMessageAt)
        self.state = state.map { StateView($0, voice: voice) }
        self.messageCount = messageCount.grouped
        facts = lastMessageAt.map { voice.time($0).text } ?? ""
        self.isPinned = isPinned
        self.isCurrent = isCurrent
        isToday = lastMessageAt.map { voice.calendar.isDate($0, inSameDayAs: voice.now) } ?? true
    }

    /// Without the state, if it is the row of `conversation`: the page itself has looked later.
    func idle(_ conversation: UUID) -> ConversationRow {
        var row = self
        if id == conversation.text { row.state = nil }
        return row
    }
}

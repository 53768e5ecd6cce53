import Engine
import Foundation

/// A conversation: what was said, what is being said, and where to go on.
struct ConversationView: View {
    static let template = "conversation"

    let page: Frame
    let address: String
    let title: String
    let tags: [String]
    let hasTags: Bool
    let pinValue: String
    let pinWord: String
    let archiveValue: String
    let archiveWord: String
    let items: [ThreadItem]
    let isEmpty: Bool
    let isRunning: Bool
    let pending: PendingView
    /// Where the page stays as it is, so that one can write while an answer grows.
    let stillAddress: String
    let olderAddress: String?
    let newerAddress: String?
    let notice: String?
    let undo: Undo?
    let composer: ComposerView

    /// A deletion that can be taken back.
    struct Undo: Sendable {
        let action: String
    }

    /// What a conversation says of itself.
    struct Heading: Sendable {
        var address: String
        var title: String
        var tags: [String]
        var isPinned: Bool
        var isArchived: Bool
    }

    init(
        page: Frame,
        heading: Heading,
        items: [ThreadItem],
        older: String? = nil,
        newer: String? = nil,
        deleted: UUID? = nil,
        pending: PendingView,
        needsModel: Bool,
        composer: ComposerView,
        voice: Voice
    ) {
        let words = voice.words
        var page = page
        page.isConversation = true
        page.hasComposer = true
        page.isGrowing = composer.isWaiting && items.contains { $0.growing != nil }
        self.page = page
        self.items = items
        self.composer = composer
        self.pending = pending
        stillAddress = heading.address + "?write=1#new"
        address = heading.address
        title = heading.title.isEmpty ? words["conversations.untitled"] : heading.title
        tags = heading.tags
        hasTags = !heading.tags.isEmpty
        pinValue = heading.isPinned ? "0" : "1"
        pinWord = words[heading.isPinned ? "conversation.unpin" : "conversation.pin"]
        archiveValue = heading.isArchived ? "0" : "1"
        archiveWord = words[heading.isArchived ? "conversation.unarchive" : "conversation.archive"]
        isEmpty = items.isEmpty
        isRunning = page.isGrowing
        olderAddress = older
        newerAddress = newer
        undo = deleted.map { Undo(action: "\(heading.address)/messages/\($0.text)/restoration") }
        notice = needsModel ? words["conversation.noModel"] : nil
    }
}

/// One piece of a thread: exactly one of the three is there.
struct ThreadItem: Sendable {
    var said: SaidView?
    var answer: AnswerView?
    var growing: GrowingView?
}

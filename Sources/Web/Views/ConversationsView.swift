/// The list of conversations, or of those in the archive, or of what a search found.
struct ConversationsView: View {
    static let template = "conversations"

    let page: Frame
    /// How many there are, where that is known.
    let summary: String?
    let query: String
    let isArchive: Bool
    let conversations: [ConversationRow]
    let hasConversations: Bool
    /// What was said that holds the words; nil where none are looked for.
    let hits: MessageHitsView?
    /// Whether neither a conversation nor a message was found.
    let isEmpty: Bool
    let emptyTitle: String
    let emptyText: String
    let clearAddress: String?
    let pager: Pager?

    init(
        page: Frame,
        rows: [ConversationRow],
        hits: MessageHitsView? = nil,
        query: String,
        isArchive: Bool,
        pager: Pager?,
        voice: Voice
    ) {
        let words = voice.words
        self.page = page
        self.query = query
        self.isArchive = isArchive
        self.pager = pager
        conversations = rows
        hasConversations = !rows.isEmpty
        self.hits = hits
        isEmpty = rows.isEmpty && hits == nil
        summary = pager == nil && !rows.isEmpty ? words.count("conversations.count", rows.count) : nil
        clearAddress = query.isEmpty ? nil : isArchive ? "/conversations?archived=1" : "/conversations"
        if !query.isEmpty {
            emptyTitle = words("conversations.notFound", ["query": query])
            emptyText = words["conversations.notFoundText"]
        } else {
            emptyTitle = words[isArchive ? "conversations.archiveEmpty" : "conversations.none"]
            emptyText = words[isArchive ? "conversations.archiveEmptyText" : "conversations.noneText"]
        }
    }
}

/// The list of conversations, or of those in the archive, or of what a search found.
struct ConversationsView: View {
    static let template = "conversations"

    let page: Frame
    let summary: String
    let query: String
    let isArchive: Bool
    let conversations: [ConversationRow]
    let hasConversations: Bool
    let emptyTitle: String
    let emptyText: String
    let clearAddress: String?
    let pager: Pager?

    init(page: Frame, rows: [ConversationRow], query: String, isArchive: Bool, total: Int, pager: Pager?, voice: Voice)
    {
        let words = voice.words
        self.page = page
        self.query = query
        self.isArchive = isArchive
        self.pager = pager
        conversations = rows
        hasConversations = !rows.isEmpty
        summary = words.count("conversations.count", total)
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

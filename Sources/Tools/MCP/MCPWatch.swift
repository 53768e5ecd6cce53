import Foundation

/// In which conversations which resources of a server were read, and which of these have changed since.
struct MCPWatch: Sendable, Equatable {
    /// Of addresses, and of conversations with news; more than this nobody keeps in mind.
    static let most = 500

    private var readers: [String: Set<UUID>] = [:]
    private var news: [UUID: Set<String>] = [:]

    /// Whether the server has to be asked to tell of changes: somebody reads it for the first time.
    mutating func read(_ address: String, in conversation: UUID) -> Bool {
        news[conversation]?.remove(address)
        let isNew = readers[address] == nil
        if isNew, readers.count >= Self.most { readers = [:] }
        readers[address, default: []].insert(conversation)
        return isNew
    }

    /// The server says that it has changed, or something within it.
    mutating func changed(_ address: String) {
        for (known, conversations) in readers where known == address || address.hasPrefix(known + "/") {
            for conversation in conversations {
                if news.count >= Self.most, news[conversation] == nil { news = [:] }
                news[conversation, default: []].insert(known)
            }
        }
    }

    /// What was not told there yet, once.
    mutating func takeNews(of conversation: UUID) -> [String] {
        (news.removeValue(forKey: conversation) ?? []).sorted()
    }
}

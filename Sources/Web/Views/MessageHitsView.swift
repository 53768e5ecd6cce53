import Engine
import Foundation
import Storage

/// Messages that hold what was looked for, with the words marked.
struct MessageHitsView: Sendable {
    let hits: [Hit]
    let turner: PageTurner?

    struct Hit: Sendable {
        let address: String
        let title: String
        let who: String
        let time: TimeText
        let parts: [Part]
    }

    struct Part: Sendable {
        let text: String
        let isMatch: Bool
    }

    /// nil where there are none. `address` is that of a page of them by its number.
    init?(_ found: Paged<MessageHit>, names: (UUID?) -> String?, voice: Voice, address: (Int) -> String) {
        guard !found.items.isEmpty else { return nil }
        hits = found.items.map { hit in
            Hit(
                address:
                    "/conversations/\(hit.conversationID.text)?message=\(hit.messageID.text)#m-\(hit.messageID.text)",
                title: hit.conversationTitle == Conversation.untitled
                    ? voice.words["conversations.untitled"] : hit.conversationTitle,
                who: hit.role == "user"
                    ? voice.words["conversations.you"] : names(hit.agentID) ?? voice.words["composer.agent"],
                time: voice.time(hit.timestamp),
                parts: hit.parts.map { Part(text: $0.text, isMatch: $0.isMatch) }
            )
        }
        turner = PageTurner(found.page, shown: found.items.count, total: found.total, voice: voice, address: address)
    }
}

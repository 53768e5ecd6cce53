import Engine
import Foundation
import Storage

/// What a person wrote while an answer was under way, as far as nobody has taken it in.
struct PendingView: View {
    static let template = "part/pending"

    let items: [Item]
    let hasItems: Bool

    struct Item: Sendable {
        let text: String
        let kind: String
        let word: String
        let action: String
        let csrf: String
        /// Whether it can be sent now.
        let isHeld: Bool
    }

    init(_ messages: [PendingMessage], csrf: String, voice: Voice) {
        items = messages.map { message in
            Item(
                text: message.content,
                kind: message.isHeld ? "wait" : "",
                word: voice.words["pending.\(message.isHeld ? "held" : message.mode.rawValue)"],
                action: "/conversations/\(message.conversationID.text)/pending/\(message.id.text)",
                csrf: csrf,
                isHeld: message.isHeld
            )
        }
        hasItems = !items.isEmpty
    }
}

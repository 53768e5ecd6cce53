import Engine
import Foundation
import Storage

/// What a person said, as they wrote it, with its versions and what can be done with it.
struct SaidView: View {
    static let template = "part/said"

    let id: String
    let name: String
    let initials: String
    let text: String
    let hasText: Bool
    let attachments: [AttachmentView]
    let hasAttachments: Bool
    let time: TimeText?
    let versions: VersionsView?
    let editAddress: String
    let deleteAddress: String
    let csrf: String

    init(_ message: Message, name: String, csrf: String, voice: Voice) {
        self.init(
            id: message.id,
            conversation: message.conversationID,
            versions: message.versions,
            name: name,
            text: message.content,
            attachments: message.attachments,
            at: message.timestamp,
            csrf: csrf,
            voice: voice
        )
    }

    init(
        id: UUID,
        conversation: UUID,
        versions: [UUID],
        name: String,
        text: String,
        attachments: [AttachedFile] = [],
        at date: Date,
        csrf: String,
        voice: Voice
    ) {
        self.id = id.text
        self.name = name
        self.text = text
        hasText = !text.isEmpty
        self.attachments = attachments.map { AttachmentView($0, conversation: conversation, voice: voice) }
        hasAttachments = !attachments.isEmpty
        self.csrf = csrf
        initials = PersonView.initials(of: name)
        time = voice.time(date)
        self.versions = VersionsView(versions, current: id, conversation: conversation, csrf: csrf)
        let address = "/conversations/\(conversation.text)/messages/\(id.text)"
        editAddress = address + "/edit"
        deleteAddress = address + "/deletion"
    }
}

import Engine
import Foundation

/// A file as a message shows it: a picture in place, everything else as a link to save it.
struct AttachmentView: Sendable {
    let id: String
    let name: String
    /// Kind and size in words.
    let facts: String
    /// Where it is saved from; nil once it is deleted.
    let download: String?
    /// The address of what is shown in place.
    let picture: String?

    init(_ attachment: AttachedFile, conversation: UUID, voice: Voice) {
        let isThere = !attachment.isDeleted
        let address = "/conversations/\(conversation.text)/files/\(attachment.fileID.text)"
        id = attachment.fileID.text
        name = attachment.name
        facts = isThere ? voice.bytes(attachment.size) : voice.words["files.deleted"]
        download = isThere ? address : nil
        picture = isThere && MediaKind.isPicture(attachment.mediaType) ? address + "/picture" : nil
    }
}

extension Voice {
    /// `812 B`, `12 KB`, `3.4 MB`.
    func bytes(_ count: Int64) -> String {
        ByteCount.text(count).replacing(" bytes", with: " B")
    }
}

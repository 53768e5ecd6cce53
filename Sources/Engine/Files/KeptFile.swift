package import Foundation

/// A file that belongs to a conversation: brought by its person, or made by one of its runs.
package struct KeptFile: Sendable, Equatable {
    package var id: UUID
    package var conversationID: UUID
    /// The run that made it; nil when a person brought it.
    package var runID: UUID?
    /// As people see it.
    package var name: String
    /// Where it lies in the conversation's workspace.
    package var path: String
    /// By its content.
    package var mediaType: String
    /// Bytes.
    package var size: Int64
    /// SHA-256, 32 bytes.
    package var digest: [UInt8]
    package var createdAt: Date

    package init(
        id: UUID,
        conversationID: UUID,
        runID: UUID? = nil,
        name: String,
        path: String,
        mediaType: String,
        size: Int64,
        digest: [UInt8],
        createdAt: Date
    ) {
        self.id = id
        self.conversationID = conversationID
        self.runID = runID
        self.name = name
        self.path = path
        self.mediaType = mediaType
        self.size = size
        self.digest = digest
        self.createdAt = createdAt
    }
}

/// The bounds of what is kept. Sizes are bytes.
package struct FileLimits: Sendable, Equatable {
    /// Of one file.
    package var file: Int64 = 25 << 20
    /// Of all files of a conversation.
    package var conversation: Int64 = 250 << 20
    /// Of all files of a person.
    package var person: Int64 = 2 << 30
    /// How many may come with one message.
    package var perMessage = 20
    /// How many files of one run are kept.
    package var perRun = 20

    package init() {}
}

/// Files of conversations, wherever a run works: `Storage`'s. Of somebody else's conversation there is nothing, and
/// nothing can be kept in it.
package protocol ConversationFiles: Sendable {
    /// Oldest first.
    func files(in conversation: UUID, by principal: Principal) async throws -> [KeptFile]

    /// A part of a file's bytes, numbered from 0; nil after the last one.
    func bytes(of file: UUID, part: Int, by principal: Principal) async throws -> [UInt8]?

    /// Keeps what a run has made, in place of what it had made at the same path before. `next` hands out its bytes piece by
    /// piece, nil at the end. nil when the run is not the principal's; throws `FileRefusal` when there is no room.
    func keep(
        madeAt path: String,
        in run: Run,
        next: () async throws -> [UInt8]?
    ) async throws -> KeptFile?
}

/// Why a file is not kept, in words.
package struct FileRefusal: Error, Sendable, Equatable {
    package enum Reason: Sendable { case tooLarge, conversationFull, personFull, tooMany }

    package var reason: Reason
    package var message: String

    package init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }
}

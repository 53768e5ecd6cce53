import Engine
import Foundation
import Synchronization

/// Files of conversations without a database.
final class FilesInMemory: ConversationFiles {
    private let kept = Mutex<[(file: KeptFile, bytes: [UInt8])]>([])

    /// How often anybody has asked for bytes.
    let asked = Mutex(0)

    func bring(_ name: String, _ bytes: [UInt8], in conversation: UUID) {
        keep(name, "uploads/\(name)", bytes, conversation, run: nil)
    }

    func files(in conversation: UUID, by principal: Principal) -> [KeptFile] {
        kept.withLock { $0.map(\.file) }.filter { $0.conversationID == conversation }
    }

    func bytes(of file: UUID, part: Int, by principal: Principal) -> [UInt8]? {
        asked.withLock { $0 += 1 }
        return part > 0 ? nil : kept.withLock { $0.first { $0.file.id == file }?.bytes }
    }

    func keep(madeAt path: String, in run: Run, next: () async throws -> [UInt8]?) async throws -> KeptFile? {
        var bytes: [UInt8] = []
        while let more = try await next() { bytes += more }
        kept.withLock { $0.removeAll { $0.file.path == path && $0.file.runID == run.id } }
        return keep(FileName.cleaned(path), path, bytes, run.conversationID, run: run.id)
    }

    @discardableResult
    private func keep(_ name: String, _ path: String, _ bytes: [UInt8], _ conversation: UUID, run: UUID?) -> KeptFile {
        let file = KeptFile(
            id: .v7(),
            conversationID: conversation,
            runID: run,
            name: name,
            path: path,
            mediaType: MediaKind.mediaType(head: bytes, tail: bytes, name: name),
            size: Int64(bytes.count),
            digest: [],
            createdAt: Date()
        )
        kept.withLock { $0.append((file, bytes)) }
        return file
    }
}

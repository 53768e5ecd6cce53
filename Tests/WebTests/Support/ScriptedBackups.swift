import Foundation
import Web

/// A shelf in memory: a backup takes until the test says that it is done.
actor ScriptedBackups: BackupShelf {
    private var known: [(file: BackupFile, bytes: [UInt8])] = []
    private var current = BackupState()

    func files() -> [BackupFile] { known.map(\.file) }
    func state() -> BackupState { current }

    func begin(noting note: @Sendable () async throws -> Void) async throws -> Bool {
        guard current.startedAt == nil else { return false }
        let earlier = current
        current = BackupState(startedAt: Date(timeIntervalSince1970: 1_800_000_000), writtenBytes: 7)
        do {
            try await note()
        } catch {
            current = earlier
            throw error
        }
        return true
    }

    func finish(_ name: String, _ text: String) {
        let file = BackupFile(name: name, kind: .manual, bytes: Int64(text.utf8.count), madeAt: Date())
        known.insert((file, Array(text.utf8)), at: 0)
        current = BackupState(finishedAt: Date())
    }

    func fail(_ message: String) { current = BackupState(failure: message, finishedAt: Date()) }

    /// In small pieces, as a long file comes.
    func bytes(of name: String, from place: Int64) -> [UInt8] {
        let bytes = known.first { $0.file.name == name }?.bytes ?? []
        return Array(bytes.dropFirst(Int(place)).prefix(3))
    }

    func delete(_ name: String) -> Bool {
        guard let index = known.firstIndex(where: { $0.file.name == name }) else { return false }
        known.remove(at: index)
        return true
    }
}

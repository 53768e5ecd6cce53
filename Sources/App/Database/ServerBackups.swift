import Foundation
import Logging
import Web

/// Backups that administrators ask for: one at a time, in the background.
actor ServerBackups: BackupShelf {
    private let backup: DatabaseBackup
    private let logger: Logger
    private var current = BackupState()

    init(backup: DatabaseBackup, logger: Logger) {
        self.backup = backup
        self.logger = logger
    }

    nonisolated func files() async -> [BackupFile] { backup.folder.files }

    func state() -> BackupState {
        var state = current
        if state.startedAt != nil { state.writtenBytes = backup.folder.writtenBytes }
        return state
    }

    func begin(noting note: @Sendable () async throws -> Void) async throws -> Bool {
        guard current.startedAt == nil else { return false }
        let earlier = current
        // Whoever asks meanwhile is too late already.
        current = BackupState(startedAt: Date())
        do {
            try await note()
        } catch {
            current = earlier
            throw error
        }
        // It goes on when whoever asked has left.
        Task { await self.make() }
        return true
    }

    nonisolated func bytes(of name: String, from place: Int64) async -> [UInt8] {
        backup.folder.bytes(of: name, from: place)
    }

    nonisolated func delete(_ name: String) async -> Bool { backup.folder.delete(name) }

    private func make() async {
        do {
            let place = try await backup.make(.manual)
            logger.notice("The database was backed up", metadata: ["backup": "\(place)"])
            current = BackupState(finishedAt: Date())
        } catch {
            logger.error("The backup failed", metadata: ["error": "\(error)"])
            current = BackupState(failure: (error as? AppError)?.message ?? "\(error)", finishedAt: Date())
        }
    }
}

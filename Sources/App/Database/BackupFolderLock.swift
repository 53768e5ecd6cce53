import Foundation

/// Lets one process at a time write into a folder of backups; the kernel lets go of it however the process ends.
final class BackupFolderLock: Sendable {
    private let descriptor: Int32

    /// What a killed process has left half done goes, the statements of a restore among it, which are the database in clear.
    init(_ folder: BackupFolder) throws(AppError) {
        descriptor = open("\(folder.path)/.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw AppError(.backup, "\(folder.path) is not writable: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw AppError(.backup, "Another backup into \(folder.path) is under way, or one is being restored.")
        }
        unlink(folder.part)
        unlink(folder.script)
    }

    deinit { close(descriptor) }
}

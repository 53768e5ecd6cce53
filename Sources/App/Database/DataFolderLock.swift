import Foundation

/// Says that this process owns the data folder; the kernel lets go of it however the process ends.
final class DataFolderLock: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// nil when another process owns it.
    static func take(_ folder: DataFolder) throws(AppError) -> DataFolderLock? {
        let path = path(in: folder)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw AppError(.dataFolder, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        let text = "\(getpid())\n"
        ftruncate(descriptor, 0)
        _ = text.withCString { write(descriptor, $0, strlen($0)) }
        return DataFolderLock(descriptor: descriptor)
    }

    /// Throws when another process owns it.
    static func require(_ folder: DataFolder) throws(AppError) -> DataFolderLock {
        if let lock = try take(folder) { return lock }
        throw AppError(
            .dataFolderInUse,
            "Another ALMA (process \(owner(of: folder))) uses \(folder.path): stop it, or set ALMA_DATA to another folder."
        )
    }

    /// For the message of whoever comes second.
    static func owner(of folder: DataFolder) -> String {
        let text = (try? String(contentsOfFile: path(in: folder), encoding: .utf8)) ?? ""
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func path(in folder: DataFolder) -> String { "\(folder.path)/alma.lock" }
}

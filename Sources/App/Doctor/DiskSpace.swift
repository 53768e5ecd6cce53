import Foundation

/// How much room there is on the disk that holds a path.
struct DiskSpace: Sendable {
    let freeBytes: Int
    let totalBytes: Int

    /// nil where the path is not there.
    init?(at path: String) {
        var space = statvfs()
        guard statvfs(path, &space) == 0 else { return nil }
        let block = Int(space.f_frsize)
        freeBytes = Int(space.f_bavail) * block
        // What only root may still use counts as used.
        totalBytes = freeBytes + (Int(space.f_blocks) - Int(space.f_bfree)) * block
    }
}

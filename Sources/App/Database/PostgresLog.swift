import Foundation

/// The file that PostgreSQL writes to, kept from growing without end.
struct PostgresLog: Sendable {
    /// Bytes; twice as much lies on disk, with the part before.
    private static let limit: UInt64 = 4 * 1024 * 1024

    let path: String

    var size: UInt64 { FileStatus(path)?.size ?? 0 }

    /// What was written since it had `start` bytes, for a person who has to know why it does not run.
    func text(from start: UInt64) -> String {
        guard let handle = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? handle.close() }
        try? handle.seek(toOffset: start)
        return String(decoding: (try? handle.read(upToCount: 4096)) ?? Data(), as: UTF8.self)
    }

    /// Copies and empties it: PostgreSQL appends, so it goes on writing at the new end.
    func keepSmall() {
        guard size > Self.limit else { return }
        let previous = path + ".1"
        try? FileManager.default.removeItem(atPath: previous)
        try? FileManager.default.copyItem(atPath: path, toPath: previous)
        truncate(path, 0)
    }
}

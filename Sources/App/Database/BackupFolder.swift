import Engine
import Foundation
import Web

/// Where copies of the database lie: `alma-<moment>-<kind>.dump`, for this process's user only.
struct BackupFolder: Sendable {
    /// Of those that migrations made; older ones go.
    private static let kept = 10

    let path: String

    /// Made when it is not there.
    func prepare() throws(AppError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw AppError(.backup, "The folder of backups \(path) cannot be made: \(error.localizedDescription)")
        }
    }

    func place(for kind: BackupFile.Kind, at date: Date = Date()) -> String {
        let stamp = date.iso8601Milliseconds.replacing(":", with: "").replacing(".", with: "-")
        return "\(path)/alma-\(stamp)-\(kind.rawValue).dump"
    }

    /// What is being written.
    var part: String { "\(path)/alma.part" }

    /// A backup as statements, while it is put back.
    var script: String { "\(path)/restore.part" }

    /// Makes one of these anew and empty: nobody else reads it while it grows, whatever the folder lets them do.
    func begin(_ file: String) throws(AppError) {
        unlink(file)
        let made = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard made >= 0 else {
            throw AppError(.backup, "\(file) cannot be written: \(String(cString: strerror(errno)))")
        }
        close(made)
    }

    var writtenBytes: Int64 { FileStatus("alma.part", in: path)?.bytes ?? 0 }

    /// The newest first; what is not whole has another ending.
    var files: [BackupFile] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter(Self.isName).sorted(by: >).compactMap { name in
            guard let status = FileStatus(name, in: path) else { return nil }
            let kind: BackupFile.Kind = name.hasSuffix("-manual.dump") ? .manual : .migration
            return BackupFile(name: name, kind: kind, bytes: status.bytes, madeAt: status.changedAt)
        }
    }

    /// False when there is none of this name.
    func delete(_ name: String) -> Bool { Self.isName(name) && unlink("\(path)/\(name)") == 0 }

    func removeOldMigrationBackups() {
        for file in files.filter({ $0.kind == .migration }).dropFirst(Self.kept) { _ = delete(file.name) }
    }

    /// Some of a file's bytes from a place on; none behind its end.
    func bytes(of name: String, from place: Int64, limit: Int = 256 * 1024) -> [UInt8] {
        guard Self.isName(name) else { return [] }
        let descriptor = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        return [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = max(0, pread(descriptor, buffer.baseAddress, limit, off_t(place)))
        }
    }

    /// Ours and nothing else: no path leads out of the folder.
    private static func isName(_ name: String) -> Bool {
        let isPlain = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D
                || byte == 0x2E
        }
        return isPlain && name.hasPrefix("alma-") && name.hasSuffix(".dump") && name.utf8.count < 100
    }

    private struct FileStatus {
        let bytes: Int64
        let changedAt: Date

        /// nil of what is no regular file.
        init?(_ name: String, in folder: String) {
            // Of a link it tells about the link, not about what it leads to.
            guard let found = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)"),
                found[.type] as? FileAttributeType == .typeRegular, let size = found[.size] as? NSNumber,
                let changed = found[.modificationDate] as? Date
            else { return nil }
            bytes = size.int64Value
            changedAt = changed
        }
    }
}

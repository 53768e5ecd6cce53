import Foundation

/// What the file system knows of a path.
struct FileStatus: Sendable {
    let isFolder: Bool
    /// Bytes.
    let size: UInt64
    let owner: uid_t
    let group: gid_t
    /// The permission bits, such as 0o700.
    let permissions: Int

    /// Of a link itself, or of what it leads to; nil when there is nothing.
    init?(_ path: String, followingLinks: Bool = true) {
        let path = followingLinks ? URL(fileURLWithPath: path).resolvingSymlinksInPath().path : path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
        func number(_ key: FileAttributeKey) -> UInt64? { (attributes[key] as? NSNumber)?.uint64Value }
        guard let owner = number(.ownerAccountID), let group = number(.groupOwnerAccountID),
            let permissions = number(.posixPermissions)
        else { return nil }
        isFolder = attributes[.type] as? FileAttributeType == .typeDirectory
        size = number(.size) ?? 0
        self.owner = uid_t(owner)
        self.group = gid_t(group)
        self.permissions = Int(permissions)
    }
}

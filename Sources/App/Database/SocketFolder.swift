import Foundation

/// The private folder in which PostgreSQL's socket lies.
enum SocketFolder {
    /// The kernel takes at most 107 bytes for a socket's path.
    private static let longestPath = 107

    /// `base`/run when that is short enough, else a folder named after `base` where temporary sockets belong.
    static func make(in base: String, for user: ServiceUser) throws(AppError) -> String {
        let folder = place(in: base, for: user)
        if mkdir(folder, 0o700) == 0 {
            if user.isOther { chown(folder, user.user, user.group) }
        } else if errno != EEXIST {
            throw AppError(.dataFolder, "\(folder) cannot be made: \(String(cString: strerror(errno)))")
        }
        try check(folder, belongsTo: user)
        return folder
    }

    private static func place(in base: String, for user: ServiceUser) -> String {
        let near = "\(base)/run"
        if fits(near) { return near }
        let name = "alma-\(user.user)-\(fingerprint(base))"
        if !user.isOther, let runtime = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"],
            fits("\(runtime)/\(name)")
        {
            return "\(runtime)/\(name)"
        }
        return "/tmp/\(name)"
    }

    private static func fits(_ folder: String) -> Bool { "\(folder)/.s.PGSQL.5432".utf8.count <= longestPath }

    /// Somebody else may have made it first, in /tmp: then it is theirs, or a link, or open.
    private static func check(_ folder: String, belongsTo user: ServiceUser) throws(AppError) {
        guard let status = FileStatus(folder, followingLinks: false), status.isFolder, status.owner == user.user else {
            throw AppError(
                .dataFolder,
                "\(folder) is not a folder of the user '\(user.name)': remove it and start again."
            )
        }
        if status.permissions & 0o077 != 0 { chmod(folder, 0o700) }
    }

    /// FNV-1a: the same name for the same folder at every start.
    private static func fingerprint(_ text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 36)
    }
}

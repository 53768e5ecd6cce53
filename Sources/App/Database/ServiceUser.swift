import Foundation

/// The operating-system user that PostgreSQL runs as: ourselves, or an unprivileged one when we are root.
struct ServiceUser: Sendable, Equatable {
    var name: String
    var user: uid_t
    var group: gid_t
    /// Whether commands have to change to it first.
    var isOther: Bool

    /// PostgreSQL refuses to run as root, and rightly so.
    static func forPostgres() throws(AppError) -> ServiceUser {
        guard geteuid() == 0 else {
            return ServiceUser(name: NSUserName(), user: geteuid(), group: getegid(), isOther: false)
        }
        for name in ["postgres", "nobody"] {
            if let found = lookUp(name), found.user != 0 { return found }
        }
        throw AppError(
            .postgresFailed,
            "ALMA runs as root and finds neither the user 'postgres' nor 'nobody' to run PostgreSQL as: "
                + "make one (adduser --system postgres), or start ALMA as an ordinary user."
        )
    }

    private static func lookUp(_ name: String) -> ServiceUser? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        return ServiceUser(name: name, user: entry.pw_uid, group: entry.pw_gid, isOther: true)
    }

    /// The first folder on the way to `path` that this user may not enter; nil when all may be.
    func blockedFolder(on path: String) -> String? {
        guard isOther else { return nil }
        var folder = URL(fileURLWithPath: path)
        var ancestors: [String] = []
        while folder.path != "/" {
            ancestors.append(folder.path)
            folder.deleteLastPathComponent()
        }
        return ancestors.reversed().first { !mayEnter($0) }
    }

    private func mayEnter(_ folder: String) -> Bool {
        guard let status = FileStatus(folder) else { return true }
        let bit = status.owner == user ? 0o100 : status.group == group ? 0o010 : 0o001
        return status.permissions & bit != 0
    }
}

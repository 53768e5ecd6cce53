package import Foundation

/// The private folders of conversations, all below one folder of this server's.
package struct Workspaces: Sendable {
    /// Of one workspace.
    package struct Quota: Sendable, Equatable {
        package var bytes: Int64 = 512 << 20
        package var files = 20_000
        /// What stays free on the disk, whoever fills it.
        package var reserve: Int64 = 512 << 20

        package init() {}
    }

    package let path: String
    package let quota: Quota

    package init(path: String, quota: Quota = Quota()) {
        self.path = path
        self.quota = quota
    }

    /// The conversation's: brought back when it was set aside, made when it is not there. Throws `SandboxError`.
    package func workspace(of conversation: UUID) throws -> Workspace {
        let name = conversation.folderName
        if access("\(path)/\(name)", F_OK) != 0 { bringBack(conversation) }
        return try open(name)
    }

    /// The conversation's, if it has one here.
    package func existing(of conversation: UUID) -> Workspace? {
        let folder = "\(path)/\(conversation.folderName)"
        if access(folder, F_OK) != 0 { bringBack(conversation) }
        let opened = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        return opened < 0 ? nil : Workspace(folder: Descriptor(opened), quota: quota)
    }

    /// Of this name, made when it is not there. Throws `SandboxError`.
    func open(_ name: String) throws -> Workspace {
        let folder = "\(path)/\(name)"
        for (place, mode) in [(path, mode_t(0o700)), (folder, 0o700)] {
            guard mkdir(place, mode) == 0 || errno == EEXIST else {
                throw SandboxError("The workspace cannot be made", errno: errno)
            }
        }
        let opened = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0 else { throw SandboxError("The workspace cannot be opened", errno: errno) }
        let descriptor = Descriptor(opened)
        if geteuid() == 0, fchown(opened, CodeSandbox.user, CodeSandbox.user) != 0 {
            throw SandboxError("The workspace cannot be handed over", errno: errno)
        }
        return Workspace(folder: descriptor, quota: quota)
    }

    /// The conversations that have one here.
    package var conversations: [UUID] { kept.filter { $0.goneSince == nil }.map(\.conversation) }

    /// `remove` on a thread that may wait for the disk.
    package func removeAside(_ conversations: [UUID]) async { await aside { remove(conversations) } }

    /// Deletes some at once: for those whose end is certain. `sweep` is for all others.
    package func remove(_ conversations: [UUID]) {
        for id in conversations { remove(named: id.folderName) }
    }

    /// Whether nothing of it is left. What hostile programs have built takes no more stack, time or descriptors than its
    /// files need.
    @discardableResult
    func remove(named name: String) -> Bool {
        let opened = Glibc.open("\(path)/\(name)", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0 else { return false }
        let folder = Descriptor(opened)
        FolderRemoval(folder).empty()
        return rmdir("\(path)/\(name)") == 0
    }
}

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

    /// Before the names of those that are on their way out.
    private static let gone = "gone-"

    package let path: String
    package let quota: Quota

    package init(path: String, quota: Quota = Quota()) {
        self.path = path
        self.quota = quota
    }

    /// The conversation's, made when it is not there. Throws `SandboxError`.
    package func workspace(of conversation: UUID) throws -> Workspace {
        try open(conversation.uuidString.lowercased())
    }

    /// The conversation's, if it has one here.
    package func existing(of conversation: UUID) -> Workspace? {
        let folder = "\(path)/\(conversation.uuidString.lowercased())"
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
    package var conversations: [UUID] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).compactMap { UUID(uuidString: $0) }
    }

    /// `remove` on a thread that may wait for the disk.
    package func removeAside(_ conversations: [UUID]) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                remove(conversations)
                continuation.resume()
            }
        }
    }

    /// Deletes some, and what an earlier deletion has left. What hostile programs have built takes no more stack, time or
    /// descriptors than its files need.
    package func remove(_ conversations: [UUID]) {
        for id in conversations {
            let name = id.uuidString.lowercased()
            rename("\(path)/\(name)", "\(path)/\(Self.gone)\(name)")
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for name in names where name.hasPrefix(Self.gone) { remove(named: name) }
        removeOldScratch()
    }

    func remove(named name: String) {
        let opened = Glibc.open("\(path)/\(name)", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0 else { return }
        let folder = Descriptor(opened)
        FolderRemoval(folder).empty()
        rmdir("\(path)/\(name)")
    }
}

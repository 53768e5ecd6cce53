import CSandbox
import Foundation

/// A folder that hostile programs may have filled, seen through a descriptor. Names are bytes: they may hold anything but
/// a slash.
struct Folder: Sendable {
    typealias Name = [CChar]

    let descriptor: Descriptor

    init(_ descriptor: Descriptor) { self.descriptor = descriptor }

    /// Opens what lies beneath, without following any link. Throws the errno.
    func open(_ path: Name, _ flags: Int32, mode: mode_t = 0) throws(Refusal) -> Descriptor {
        let opened = csandbox_open_beneath(descriptor.number, path, flags, mode)
        guard opened >= 0 else { throw Refusal(number: -opened) }
        return Descriptor(opened)
    }

    /// The names in it, without `.` and `..`, at most so many.
    func names(limit: Int) throws(Refusal) -> [Name] {
        // A descriptor of its own, read from the start.
        let again = try open([46, 0], O_RDONLY | O_DIRECTORY)
        guard let stream = fdopendir(dup(again.number)) else { throw Refusal(number: errno) }
        defer { closedir(stream) }
        var names: [Name] = []
        while names.count < limit, let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
                }
            }
            if name != [46, 0], name != [46, 46, 0] { names.append(name) }
        }
        return names
    }

    /// What is there under a name, a link itself and not what it leads to.
    func status(_ name: Name) -> stat? {
        var about = stat()
        return fstatat(descriptor.number, name, &about, AT_SYMLINK_NOFOLLOW) == 0 ? about : nil
    }

    /// Lets its owner into what is there under a name, unless that is a link: what it leads to is somebody else's.
    func unlock(_ name: Name) { fchmodat(descriptor.number, name, 0o700, AT_SYMLINK_NOFOLLOW) }

    struct Refusal: Error { let number: Int32 }
}

extension stat {
    var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
    var isFile: Bool { st_mode & S_IFMT == S_IFREG }
    var isLink: Bool { st_mode & S_IFMT == S_IFLNK }
    /// What it takes on the disk, in bytes.
    var occupied: Int64 { Int64(st_blocks) * 512 }
    /// When it was changed last, its name or place included: nanoseconds since 1970.
    var changed: Int64 { Int64(st_ctim.tv_sec) * 1_000_000_000 + Int64(st_ctim.tv_nsec) }
}

/// Empties a folder without going deeper than its children: what lies deeper is moved up first.
struct FolderRemoval {
    private let folder: Folder
    private var count = 0

    init(_ descriptor: Descriptor) { folder = Folder(descriptor) }

    consuming func empty() {
        var removal = self
        while let names = try? removal.folder.names(limit: 1000), !names.isEmpty {
            let before = removal.count
            for name in names { removal.remove(name) }
            // Something that cannot be removed: whoever looks after the server has to.
            guard removal.count > before else { return }
        }
    }

    private mutating func remove(_ name: Folder.Name) {
        let root = folder.descriptor.number
        if unlinkat(root, name, 0) == 0 {
            count += 1
            return
        }
        folder.unlock(name)
        guard let child = try? folder.open(name, O_RDONLY | O_DIRECTORY).asFolder else { return }
        while let names = try? child.names(limit: 1000), !names.isEmpty {
            let before = count
            for inner in names { moveUp(inner, from: child) }
            guard count > before else { return }
        }
        if unlinkat(root, name, Int32(AT_REMOVEDIR)) == 0 { count += 1 }
    }

    private mutating func moveUp(_ name: Folder.Name, from child: Folder) {
        let number = child.descriptor.number
        if unlinkat(number, name, 0) == 0 {
            count += 1
            return
        }
        child.unlock(name)
        // A name that is taken keeps what it names: the next one is tried in the next round.
        count += 1
        let target = "alma-\(count)-\(UInt32.random(in: .min ... .max))"
        if renameat(number, name, folder.descriptor.number, target) != 0 { count -= 1 }
    }
}

extension Descriptor {
    var asFolder: Folder { Folder(self) }
}

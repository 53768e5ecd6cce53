import CSandbox
package import Foundation

/// The folder of one conversation, which programs see as `/workspace`. The server reads and writes in it only through the
/// kernel's promise that a path stays beneath it and crosses no link, and only regular files.
package struct Workspace: Sendable {
    /// A file as it is shown; a name that is no UTF-8 is mended for the eye.
    package struct Entry: Sendable, Equatable {
        package enum Kind: String, Sendable { case file, folder, link, other }

        package var path: String
        package var kind: Kind
        /// Bytes.
        package var size: Int64
        /// When it was changed last, its name or place included: nanoseconds since 1970, by the kernel's word.
        package var changed: Int64 = 0
    }

    /// Some of the files, and whether there are more.
    package struct Listing: Sendable {
        package var entries: [Entry]
        package var isComplete: Bool
    }

    package let folder: Descriptor
    package let quota: Workspaces.Quota

    init(folder: Descriptor, quota: Workspaces.Quota) {
        self.folder = folder
        self.quota = quota
    }

    /// What is below `path`, folders before what they hold, at most `limit`. Throws `SandboxError`.
    package func list(_ path: String = "", limit: Int = 1000) throws -> Listing {
        var walk = WorkspaceWalk(Folder(folder), limit: limit)
        try walk.go(path)
        return Listing(entries: walk.entries, isComplete: walk.isComplete)
    }

    /// What lies in one folder, at most `limit`, folders first. Throws `SandboxError`.
    package func children(of path: String, limit: Int = 2000) throws -> Listing {
        var walk = WorkspaceWalk(Folder(folder), limit: limit)
        try walk.go(path, isDeep: false)
        let entries = walk.entries.filter { $0.kind == .folder } + walk.entries.filter { $0.kind != .folder }
        return Listing(entries: entries, isComplete: walk.isComplete)
    }

    /// Bytes and files in use; nil when there is more than may be, or something cannot be looked into.
    package func usage() -> (bytes: Int64, files: Int)? {
        var walk = WorkspaceWalk(Folder(folder), limit: quota.files, keepsEntries: false)
        guard (try? walk.go("")) != nil, walk.isComplete, walk.occupied <= quota.bytes else { return nil }
        return (walk.occupied, walk.count)
    }

    /// Why nothing more can be written; nil when it can. What the processes below `command` hold open counts, though its
    /// name is gone.
    func complaint(of command: pid_t? = nil) -> String? {
        if free.bytes < quota.reserve { return "The server's disk is nearly full." }
        let hidden = command.map { HiddenFiles(of: $0, beside: folder).occupied } ?? 0
        if let usage = usage(), usage.bytes + hidden <= quota.bytes { return nil }
        return
            "The workspace is full: at most \(quota.bytes >> 20) MB in \(quota.files) files, none with a path of more than "
            + "4000 bytes. Delete what is no longer needed."
    }

    /// The same on a thread that may wait for the disk.
    func complaintAside(of command: pid_t? = nil) async -> String? { await aside { complaint(of: command) } }

    /// Does on a thread of the global queue, and not of the tasks', what may wait for the disk.
    package func aside<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: body()) }
        }
    }

    /// A regular file as it stands. Throws `SandboxError`.
    package func file(_ path: String) throws -> Entry {
        let about = try status(of: try openFile(path, O_RDONLY), path)
        return Entry(path: path, kind: .file, size: Int64(about.st_size), changed: about.changed)
    }

    /// A part of a file, from a byte on. Throws `SandboxError`.
    package func read(_ path: String, from start: Int64 = 0, limit: Int) throws -> (bytes: [UInt8], size: Int64) {
        let file = try openFile(path, O_RDONLY)
        let about = try status(of: file, path)
        var bytes = [UInt8](repeating: 0, count: Int(min(Int64(limit), max(0, Int64(about.st_size) - start))))
        var filled = 0
        while filled < bytes.count {
            let got = bytes[filled...].withUnsafeMutableBytes {
                pread(file.number, $0.baseAddress, $0.count, off_t(start) + off_t(filled))
            }
            guard got > 0 else { break }
            filled += got
        }
        return (Array(bytes[..<filled]), Int64(about.st_size))
    }

    /// Writes a whole file; folders on the way are made. Throws `SandboxError`.
    package func write(_ path: String, _ bytes: [UInt8]) throws {
        if let complaint = complaint() { throw SandboxError(complaint) }
        guard Int64(bytes.count) <= quota.bytes / 4 else { throw SandboxError("The file is too large.") }
        try makeFolders(above: path)
        let file = try openFile(path, O_WRONLY | O_CREAT)
        _ = try status(of: file, path)
        if geteuid() == 0 { fchown(file.number, CodeSandbox.user, CodeSandbox.user) }
        guard ftruncate(file.number, 0) == 0 else { throw SandboxError(path, errno: errno) }
        try Self.append(bytes, to: file, path)
    }

    static func append(_ bytes: [UInt8], to file: Descriptor, _ path: String) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(file.number, $0.baseAddress, $0.count) }
            guard count > 0 else { throw SandboxError(path, errno: errno) }
            written += count
        }
    }

    func makeFolders(above path: String) throws {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        for end in parts.indices.dropLast() { try makeFolder(parts[...end].joined(separator: "/")) }
    }

    private func makeFolder(_ path: String) throws {
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        let name = path.split(separator: "/").last.map(String.init) ?? path
        do {
            let above = try Folder(folder).open((parent.isEmpty ? "." : parent).cName, O_RDONLY | O_DIRECTORY)
            guard name != "..", mkdirat(above.number, name, 0o755) == 0 else {
                if errno == EEXIST { return }
                throw Folder.Refusal(number: errno)
            }
            let made = try Folder(above).open(name.cName, O_RDONLY | O_DIRECTORY)
            if geteuid() == 0 { fchown(made.number, CodeSandbox.user, CodeSandbox.user) }
        } catch let refusal as Folder.Refusal {
            throw Self.explain(refusal, path)
        }
    }

    /// A pipe that was put there would keep its reader waiting, so nothing waits.
    private func openFile(_ path: String, _ flags: Int32) throws -> Descriptor {
        do {
            return try Folder(folder).open(path.cName, flags | O_NONBLOCK | O_NOCTTY, mode: 0o644)
        } catch {
            throw Self.explain(error, path)
        }
    }

    private func status(of file: Descriptor, _ path: String) throws -> stat {
        var about = stat()
        guard fstat(file.number, &about) == 0, about.isFile else { throw SandboxError("\(path) is no regular file.") }
        return about
    }

    static func explain(_ refusal: Folder.Refusal, _ path: String) -> SandboxError {
        switch refusal.number {
        case ENOENT: SandboxError("There is no \(path) in the workspace.")
        case EXDEV, ELOOP: SandboxError("\(path) leads out of the workspace or over a link.")
        case EISDIR: SandboxError("\(path) is a folder.")
        case ENOTDIR: SandboxError("\(path) is no folder, or lies in none.")
        case ENXIO: SandboxError("\(path) is no regular file.")
        case let number: SandboxError(path, errno: number)
        }
    }
}

extension String {
    /// Ends where a NUL would end it: the kernel sees no more. Never empty.
    var cName: [CChar] { isEmpty ? [46, 0] : Array(utf8CString) }
}

/// Goes through a folder without recursion, and without a descriptor for each level.
struct WorkspaceWalk {
    private let root: Folder
    private let limit: Int
    private let keepsEntries: Bool
    private(set) var count = 0
    /// Empty in a walk that only counts.
    private(set) var entries: [Workspace.Entry] = []
    private(set) var occupied: Int64 = 0
    private(set) var isComplete = true

    /// One that only counts is made some times a second for each command that runs, so it neither sorts nor writes names out.
    init(_ root: Folder, limit: Int, keepsEntries: Bool = true) {
        self.root = root
        self.limit = limit
        self.keepsEntries = keepsEntries
    }

    /// `isDeep`: with what lies in folders below.
    mutating func go(_ path: String, isDeep: Bool = true) throws {
        var open: [[CChar]] = [path.cName]
        while let next = open.popLast() {
            let names: [Folder.Name]
            let folder: Folder
            do {
                folder = try root.open(next, O_RDONLY | O_DIRECTORY).asFolder
                names = try folder.names(limit: limit - count + 1)
            } catch let refusal as Folder.Refusal {
                if next == path.cName { throw Workspace.explain(refusal, path) }
                // It has gone meanwhile, or cannot be looked into.
                if refusal.number != ENOENT { isComplete = false }
                continue
            }
            for name in keepsEntries ? names.sorted(by: { $0.lexicographicallyPrecedes($1) }) : names {
                guard count < limit else {
                    isComplete = false
                    return
                }
                guard let about = folder.status(name) else { continue }
                count += 1
                occupied += about.occupied
                guard keepsEntries || about.isFolder else { continue }
                let full = next == [46, 0] ? name : next.dropLast() + [47] + name
                if keepsEntries { entries.append(Workspace.Entry(full, about)) }
                if about.isFolder, isDeep { open.append(full) }
            }
        }
    }
}

extension Workspace.Entry {
    fileprivate init(_ name: [CChar], _ about: stat) {
        kind = about.isFolder ? .folder : about.isFile ? .file : about.isLink ? .link : .other
        path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        size = Int64(about.st_size)
        changed = about.changed
    }
}

import CSandbox
import Foundation

// What is done with files as a whole. All paths are resolved by the kernel, beneath the workspace and over no link.
extension Workspace {
    /// Whether something is there, or something in the way of it.
    package func has(_ path: String) -> Bool {
        do throws(Folder.Refusal) {
            // O_PATH, which the platform's module does not show.
            _ = try Folder(folder).open(path.cName, 0o10000000)
            return true
        } catch {
            return error.number != ENOENT
        }
    }

    /// Puts a file in its place at once, whoever else does the same in this moment. `next` hands out its bytes, nil at the
    /// end; what waits for the disk waits elsewhere. Throws `SandboxError`, or what `next` throws.
    package func place(_ path: String, next: () async throws -> [UInt8]?) async throws {
        if let complaint = await complaintAside() { throw SandboxError(complaint) }
        let newcomer = try await aside { Result { try Newcomer(path, in: self) } }.get()
        do {
            while let bytes = try await next() {
                try await aside { Result { try Self.append(bytes, to: newcomer.file, path) } }.get()
            }
            try await aside { Result { try newcomer.settle() } }.get()
        } catch {
            newcomer.leave()
            throw error
        }
    }

    /// A file or a folder gets another name or place; what is there already stays. Throws `SandboxError`.
    package func move(_ path: String, to other: String) throws {
        if let complaint = complaint() { throw SandboxError(complaint) }
        try makeFolders(above: other)
        let (from, to) = (try parent(of: path), try parent(of: other))
        switch csandbox_move(from.folder.number, from.name, to.folder.number, to.name) {
        case 0: return
        case -EEXIST: throw SandboxError("There is a \(other) already.")
        case let error: throw Self.explain(Folder.Refusal(number: -error), path)
        }
    }

    /// A file, a link itself, or a folder with everything in it. Throws `SandboxError`.
    package func remove(_ path: String) throws {
        let place = try parent(of: path)
        if unlinkat(place.folder.number, place.name, 0) == 0 { return }
        guard errno == EISDIR || errno == EPERM else { throw Self.explain(Folder.Refusal(number: errno), path) }
        // Programs may have closed it.
        Folder(place.folder).unlock(place.name.cName)
        do {
            FolderRemoval(try Folder(place.folder).open(place.name.cName, O_RDONLY | O_DIRECTORY)).empty()
        } catch let refusal as Folder.Refusal {
            throw Self.explain(refusal, path)
        }
        guard unlinkat(place.folder.number, place.name, Int32(AT_REMOVEDIR)) == 0 else {
            throw Self.explain(Folder.Refusal(number: errno), path)
        }
    }

    /// The folder that something lies in, and its name there.
    fileprivate func parent(of path: String) throws -> (folder: Descriptor, name: String) {
        let parts = path.split(separator: "/").map(String.init)
        guard let name = parts.last, name != "..", name != ".", !name.utf8.contains(0) else {
            throw SandboxError("\(path.isEmpty ? "The workspace itself" : path) cannot be taken for a file.")
        }
        do {
            let above = parts.dropLast().joined(separator: "/")
            return (try Folder(folder).open(above.cName, O_RDONLY | O_DIRECTORY), name)
        } catch {
            throw Self.explain(error, path)
        }
    }
}

/// A file that is being written under another name, until it is whole.
private struct Newcomer: Sendable {
    let file: Descriptor
    private let folder: Descriptor
    private let name: String
    private let temporary = ".alma-\(UUID().uuidString)"
    private let path: String

    init(_ path: String, in workspace: Workspace) throws {
        self.path = path
        try workspace.makeFolders(above: path)
        (folder, name) = try workspace.parent(of: path)
        do {
            file = try Folder(folder).open(temporary.cName, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
        } catch {
            throw Workspace.explain(error, path)
        }
        if geteuid() == 0 { fchown(file.number, CodeSandbox.user, CodeSandbox.user) }
    }

    func settle() throws {
        guard renameat(folder.number, temporary, folder.number, name) == 0 else {
            throw SandboxError(path, errno: errno)
        }
    }

    func leave() { unlinkat(folder.number, temporary, 0) }
}

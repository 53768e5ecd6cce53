import Foundation
import Sandbox
import Web

/// The workspaces of this node for its pages. What waits for the disk waits on a thread of its own.
struct ServerWorkspaces: WorkspaceShelf {
    private static let piece = 256 << 10

    let workspaces: Workspaces

    func entries(in path: String, of conversation: UUID) async -> [WorkspaceEntry]? {
        guard let workspace = workspaces.existing(of: conversation) else { return path.isEmpty ? [] : nil }
        return await workspace.aside { (try? workspace.children(of: path))?.entries.map(WorkspaceEntry.init) }
    }

    func files(of conversation: UUID, limit: Int) async -> [WorkspaceEntry] {
        guard let workspace = workspaces.existing(of: conversation) else { return [] }
        return await workspace.aside {
            ((try? workspace.list(limit: limit))?.entries ?? []).filter { $0.kind == .file }.map(WorkspaceEntry.init)
        }
    }

    func usage(of conversation: UUID) async -> WorkspaceUsage? {
        guard let workspace = workspaces.existing(of: conversation) else { return nil }
        let quota = workspace.quota
        return await workspace.aside {
            let usage = workspace.usage()
            return WorkspaceUsage(
                bytes: usage?.bytes ?? quota.bytes,
                files: usage?.files ?? quota.files,
                mostBytes: quota.bytes,
                mostFiles: quota.files
            )
        }
    }

    func file(_ path: String, in conversation: UUID) async -> WorkspaceEntry? {
        guard let workspace = workspaces.existing(of: conversation) else { return nil }
        return await workspace.aside { (try? workspace.file(path)).map(WorkspaceEntry.init) }
    }

    func bytes(of path: String, from place: Int64, in conversation: UUID) async -> [UInt8]? {
        guard let workspace = workspaces.existing(of: conversation) else { return nil }
        return await workspace.aside { (try? workspace.read(path, from: place, limit: Self.piece))?.bytes }
    }

    func remove(_ path: String, from conversation: UUID) async -> Bool {
        guard let workspace = workspaces.existing(of: conversation) else { return false }
        return await workspace.aside { (try? workspace.remove(path)) != nil }
    }
}

extension WorkspaceEntry {
    fileprivate init(_ entry: Workspace.Entry) {
        self.init(
            path: entry.path,
            kind: entry.kind == .file ? .file : entry.kind == .folder ? .folder : .other,
            size: entry.size,
            changed: Date(timeIntervalSince1970: Double(entry.changed) / 1e9)
        )
    }
}

package import Foundation

/// The folders in which conversations' programs work, on this node, as pages and programs look into them. Paths are of the
/// caller; whoever keeps the folders sees to it that none leads elsewhere.
package protocol WorkspaceShelf: Sendable {
    /// What lies in a folder, folders first; nil when there is no such folder.
    func entries(in path: String, of conversation: UUID) async -> [WorkspaceEntry]?

    /// Every file below, by its path, at most `limit`.
    func files(of conversation: UUID, limit: Int) async -> [WorkspaceEntry]

    /// What is used; nil when there is nothing yet.
    func usage(of conversation: UUID) async -> WorkspaceUsage?

    /// A regular file as it stands; nil when there is none.
    func file(_ path: String, in conversation: UUID) async -> WorkspaceEntry?

    /// Some of a file's bytes from a place on; none behind its end.
    func bytes(of path: String, from place: Int64, in conversation: UUID) async -> [UInt8]?

    /// Deletes a file, or a folder with everything in it. False when it was not there.
    func remove(_ path: String, from conversation: UUID) async -> Bool
}

/// A file or a folder.
package struct WorkspaceEntry: Sendable, Equatable {
    package enum Kind: Sendable { case file, folder, other }

    /// From the workspace's root.
    package var path: String
    package var kind: Kind
    /// Bytes.
    package var size: Int64
    package var changed: Date

    package init(path: String, kind: Kind, size: Int64, changed: Date) {
        self.path = path
        self.kind = kind
        self.size = size
        self.changed = changed
    }
}

/// How full a workspace is, in bytes and files.
package struct WorkspaceUsage: Sendable, Equatable {
    package var bytes: Int64
    package var files: Int
    package var mostBytes: Int64
    package var mostFiles: Int

    package init(bytes: Int64, files: Int, mostBytes: Int64, mostFiles: Int) {
        self.bytes = bytes
        self.files = files
        self.mostBytes = mostBytes
        self.mostFiles = mostFiles
    }
}

/// Where nothing is kept: a process that runs no programs.
package struct NoWorkspaces: WorkspaceShelf {
    package init() {}
    package func entries(in path: String, of conversation: UUID) async -> [WorkspaceEntry]? { path.isEmpty ? [] : nil }
    package func files(of conversation: UUID, limit: Int) async -> [WorkspaceEntry] { [] }
    package func usage(of conversation: UUID) async -> WorkspaceUsage? { nil }
    package func file(_ path: String, in conversation: UUID) async -> WorkspaceEntry? { nil }
    package func bytes(of path: String, from place: Int64, in conversation: UUID) async -> [UInt8]? { nil }
    package func remove(_ path: String, from conversation: UUID) async -> Bool { false }
}

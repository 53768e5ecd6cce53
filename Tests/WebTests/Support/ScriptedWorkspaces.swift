import Foundation
import Web

/// One folder in memory, the same for all conversations, whose files are as old as the test says.
actor ScriptedWorkspaces: WorkspaceShelf {
    private var kept: [(entry: WorkspaceEntry, bytes: [UInt8])] = []

    func write(_ path: String, _ text: String, at time: TimeInterval) {
        let size = Int64(text.utf8.count)
        let entry = WorkspaceEntry(path: path, kind: .file, size: size, changed: Date(timeIntervalSince1970: time))
        kept.removeAll { $0.entry.path == path }
        kept.append((entry, Array(text.utf8)))
    }

    func entries(in path: String, of conversation: UUID) -> [WorkspaceEntry]? {
        path.isEmpty ? kept.map(\.entry) : nil
    }

    func files(of conversation: UUID, limit: Int) -> [WorkspaceEntry] { Array(kept.map(\.entry).prefix(limit)) }

    func usage(of conversation: UUID) -> WorkspaceUsage? { nil }

    func file(_ path: String, in conversation: UUID) -> WorkspaceEntry? {
        kept.first { $0.entry.path == path }?.entry
    }

    func bytes(of path: String, from place: Int64, in conversation: UUID) -> [UInt8]? {
        Array((kept.first { $0.entry.path == path }?.bytes ?? []).dropFirst(Int(place)))
    }

    func remove(_ path: String, from conversation: UUID) -> Bool {
        let before = kept.count
        kept.removeAll { $0.entry.path == path }
        return kept.count < before
    }
}

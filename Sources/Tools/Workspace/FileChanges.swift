import Foundation
import Sandbox

/// What has changed in a workspace between two looks at it.
struct FileChanges: Sendable {
    /// Files that are looked at.
    private static let most = 5000

    private let before: [String: Workspace.Entry]

    init(_ workspace: Workspace) async { before = await Self.files(of: workspace) }

    /// Paths of files that are new or changed since, small ones first; without what programs keep for themselves.
    func paths(in workspace: Workspace) async -> [String] {
        let now = await Self.files(of: workspace)
        return now.values.filter { before[$0.path] != $0 && $0.size > 0 && Self.isForPeople($0.path) }
            .sorted { ($0.size, $0.path) < ($1.size, $1.path) }.map(\.path)
    }

    private static func files(of workspace: Workspace) async -> [String: Workspace.Entry] {
        let entries = await workspace.aside { (try? workspace.list(limit: most))?.entries ?? [] }
        return Dictionary(entries.filter { $0.kind == .file }.map { ($0.path, $0) }) { first, _ in first }
    }

    private static func isForPeople(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        return parts.first != "uploads" && path != "scratch.sqlite"
            && !parts.contains { $0.hasPrefix(".") || ["__pycache__", "node_modules"].contains($0) }
            && !path.hasSuffix(".pyc") && !path.contains("\u{FFFD}")
    }
}

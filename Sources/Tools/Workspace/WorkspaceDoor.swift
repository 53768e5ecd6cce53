package import Engine
import Foundation
package import Sandbox

/// The way to a conversation's workspace, with the conversation's files in it, and back: what an agent makes there is kept.
package struct WorkspaceDoor: Sendable {
    package let workspaces: Workspaces
    let files: any ConversationFiles

    package init(workspaces: Workspaces, files: any ConversationFiles) {
        self.workspaces = workspaces
        self.files = files
    }

    /// What people have brought lies in it. A workspace that is empty, perhaps because another node did the work so far, gets
    /// what agents have made as well. Throws `SandboxError`.
    package func open(for context: ToolContext) async throws -> Workspace {
        let workspace = try workspaces.workspace(of: context.run.conversationID)
        let kept = try await files.files(in: context.run.conversationID, by: context.principal)
        guard !kept.isEmpty else { return workspace }
        let isEmpty = await workspace.aside { (try? workspace.list(limit: 1).entries.isEmpty) ?? false }
        // Of several that were made at one path the newest.
        var wanted: [String: KeptFile] = [:]
        for file in kept where file.runID == nil || isEmpty { wanted[file.path] = file }
        for file in wanted.values.sorted(by: { $0.path < $1.path }) { try await lay(file, in: workspace, context) }
        return workspace
    }

    /// There is no room, or something in the way: the tool that wants the file says so, all others can go on.
    private func lay(_ file: KeptFile, in workspace: Workspace, _ context: ToolContext) async throws {
        guard await !workspace.aside({ workspace.has(file.path) }) else { return }
        var part = 0
        do {
            try await workspace.place(file.path) {
                defer { part += 1 }
                return try await files.bytes(of: file.id, part: part, by: context.principal)
            }
        } catch is SandboxError {
            return
        }
    }

    /// Makes a file of the workspace one of the conversation, which comes with the run's answer. nil when it is gone
    /// already; throws `FileRefusal` when there is no room.
    func keep(_ path: String, in workspace: Workspace, _ context: ToolContext) async throws -> KeptFile? {
        var place: Int64 = 0
        return try await files.keep(madeAt: path, in: context.run) {
            let start = place
            let read = await workspace.aside { try? workspace.read(path, from: start, limit: 512 << 10) }
            guard let read, !read.bytes.isEmpty else { return nil }
            place += Int64(read.bytes.count)
            return read.bytes
        }
    }
}

/// What a call has made, as far as it is kept, and in words for the model.
struct MadeFiles: Sendable {
    /// Of one call.
    private static let most = 10

    private(set) var kept: [KeptFile] = []
    private var refusals: [String] = []
    private var left = 0

    /// Keeps those that are there, at most ten. Never throws but for the end of the run: what was done is done.
    init(_ paths: [String], in workspace: Workspace, through door: WorkspaceDoor, _ context: ToolContext) async throws {
        left = max(0, paths.count - Self.most)
        for path in paths.prefix(Self.most) {
            do {
                if let file = try await door.keep(path, in: workspace, context) { kept.append(file) }
            } catch let refusal as FileRefusal {
                refusals.append("\(path): \(refusal.message)")
            }
        }
    }

    /// One line for each file; empty when there is nothing to say.
    var lines: [String] {
        kept.map { "\($0.path) (\($0.mediaType), \(ByteCount.text($0.size))) comes with your answer." }
            + refusals.map { "\($0) It stays in the workspace." }
            + (left > 0 ? ["\(left) more files stay in the workspace."] : [])
    }
}

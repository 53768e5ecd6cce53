import Engine
import Foundation

/// The files of a conversation as a page.
struct FilesView: View {
    static let template = "files"

    let page: Frame
    let title: String
    let back: String
    let action: String
    let csrf: String
    let kept: [Kept]
    let hasKept: Bool
    let keptSums: String
    let crumbs: [Crumb]
    let entries: [Entry]
    let hasEntries: Bool
    let archive: String?
    let meter: Meter?

    /// A file of a message.
    struct Kept: Sendable {
        let id: String
        let name: String
        let facts: String
        let address: String
        let time: TimeText?
    }

    /// A folder on the way.
    struct Crumb: Sendable {
        let name: String
        let address: String
    }

    /// A file or a folder of the workspace.
    struct Entry: Sendable {
        let name: String
        let path: String
        let isFolder: Bool
        let address: String?
        let size: String
        let time: TimeText?
    }

    /// How full the workspace is.
    struct Meter: Sendable {
        let width: String
        let label: String
        let isFull: Bool
    }

    static func address(_ conversation: UUID) -> String { "/conversations/\(conversation.text)/files" }

    init(
        page: Frame,
        conversation: UUID,
        title: String,
        path: String,
        entries: [WorkspaceEntry],
        usage: WorkspaceUsage?,
        kept: [KeptFile],
        keptBytes: Int64,
        limits: FileLimits,
        csrf: String,
        voice: Voice
    ) {
        let address = Self.address(conversation)
        self.page = page
        self.title = title
        self.csrf = csrf
        back = "/conversations/\(conversation.text)"
        action = address
        self.kept = kept.map { file in
            Kept(
                id: file.id.text,
                name: file.name,
                facts: voice.bytes(file.size),
                address: "\(address)/\(file.id.text)",
                time: voice.time(file.createdAt)
            )
        }
        hasKept = !kept.isEmpty
        keptSums = voice.words(
            "files.used",
            ["size": voice.bytes(keptBytes), "most": voice.bytes(limits.conversation)]
        )
        crumbs = Self.crumbs(path, address)
        self.entries = entries.map { Entry($0, conversation, voice) }
        hasEntries = !entries.isEmpty
        archive = usage == nil ? nil : "/conversations/\(conversation.text)/workspace/archive"
        meter = usage.map { Meter($0, voice) }
    }

    private static func crumbs(_ path: String, _ address: String) -> [Crumb] {
        let parts = path.split(separator: "/").map(String.init)
        let root = parts.isEmpty ? [] : [Crumb(name: "/", address: address)]
        return root
            + parts.indices.map { index in
                Crumb(
                    name: parts[index],
                    address: "\(address)?path=\(percentEncoded(parts[...index].joined(separator: "/")))"
                )
            }
    }
}

extension FilesView.Entry {
    fileprivate init(_ entry: WorkspaceEntry, _ conversation: UUID, _ voice: Voice) {
        let place = "path=\(percentEncoded(entry.path))"
        name = entry.path.split(separator: "/").last.map(String.init) ?? entry.path
        path = entry.path
        isFolder = entry.kind == .folder
        size = entry.kind == .file ? voice.bytes(entry.size) : ""
        time = voice.time(entry.changed)
        address =
            switch entry.kind {
            case .folder: "\(FilesView.address(conversation))?\(place)"
            case .file: "/conversations/\(conversation.text)/workspace/file?\(place)"
            case .other: nil
            }
    }
}

extension FilesView.Meter {
    fileprivate init(_ usage: WorkspaceUsage, _ voice: Voice) {
        let share = max(
            Double(usage.bytes) / Double(max(1, usage.mostBytes)),
            Double(usage.files) / Double(max(1, usage.mostFiles))
        )
        width = "\(Int((min(1, max(0, share)) * 100).rounded()))%"
        isFull = share >= 1
        label = voice.words(
            "files.meter",
            [
                "size": voice.bytes(usage.bytes), "most": voice.bytes(usage.mostBytes), "n": usage.files.grouped,
                "files": usage.mostFiles.grouped,
            ]
        )
    }
}

package import Foundation

/// A file as a message refers to it. What is kept in `messages.attachments` has the contract's `type`, `url`, `name` and
/// `size`, and besides them what is needed to find the file.
package struct AttachedFile: Sendable, Equatable {
    package var fileID: UUID
    package var name: String
    package var mediaType: String
    /// Bytes.
    package var size: Int64
    /// In the conversation's workspace.
    package var path: String
    /// The message still says that it was there.
    package var isDeleted: Bool

    package init(fileID: UUID, name: String, mediaType: String, size: Int64, path: String, isDeleted: Bool = false) {
        self.fileID = fileID
        self.name = name
        self.mediaType = mediaType
        self.size = size
        self.path = path
        self.isDeleted = isDeleted
    }

    package init(_ file: KeptFile) {
        self.init(fileID: file.id, name: file.name, mediaType: file.mediaType, size: file.size, path: file.path)
    }

    /// What a JSON array of them holds; what cannot be read is left out.
    package static func list(json: String?) -> [AttachedFile] {
        guard let json, let items = try? JSONValue(parsing: json).array else { return [] }
        return items.compactMap(AttachedFile.init)
    }

    private init?(_ value: JSONValue) {
        guard let id = value["file_id"]?.string.flatMap(UUID.init), let name = value["name"]?.string else { return nil }
        self.init(
            fileID: id,
            name: name,
            mediaType: value["media_type"]?.string ?? MediaKind.unknown,
            size: Int64(value["size"]?.int ?? 0),
            path: value["path"]?.string ?? name,
            isDeleted: value["is_deleted"]?.bool ?? false
        )
    }

    /// How a model is told of it.
    package var line: String {
        isDeleted
            ? "[Attached, and deleted since: \(name)]"
            : "[Attached: \(name) (\(mediaType), \(ByteCount.text(size))) at \(path)]"
    }
}

extension [AttachedFile] {
    /// What a person said, with what came along, as a model is told it.
    package func told(with text: String) -> String {
        isEmpty
            ? text : ([text].filter { !$0.isEmpty } + [map(\.line).joined(separator: "\n")]).joined(separator: "\n\n")
    }
}

/// Sizes in words.
package enum ByteCount {
    /// `812 bytes`, `12 KB`, `3.4 MB`, `21 GB`: a KB is 1024 bytes, as limits are set.
    package static func text(_ bytes: Int64) -> String {
        switch bytes {
        case ..<1024: "\(bytes) bytes"
        case ..<1_048_576: "\((bytes + 512) >> 10) KB"
        case ..<10_485_760: "\(bytes >> 20).\((bytes % 1_048_576) * 10 >> 20) MB"
        case ..<10_737_418_240: "\((bytes + 524_288) >> 20) MB"
        default: "\((bytes + 536_870_912) >> 30) GB"
        }
    }
}

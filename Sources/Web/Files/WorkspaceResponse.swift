import Foundation
import Hummingbird
import NIOCore

/// What goes out of a workspace: one file, or all of them in an archive. Always to be saved.
struct WorkspaceResponse: Sendable {
    private static let mostFiles = 20_000

    let shelf: any WorkspaceShelf
    let conversation: UUID
    let context: WebContext

    /// nil when there is no such file.
    func file(_ path: String) async -> Response? {
        guard let entry = await shelf.file(path, in: conversation) else { return nil }
        let size = entry.size
        let name = path.split(separator: "/").last.map(String.init) ?? "file"
        let (shelf, conversation) = (shelf, conversation)
        return Response(
            status: .ok,
            headers: FileResponse.headers(name: name, mediaType: nil),
            body: ResponseBody { writer in
                var place: Int64 = 0
                // A program may make it longer meanwhile: as much as was announced, or less.
                while place < size {
                    let bytes = try await shelf.piece(of: path, from: place, in: conversation)
                    guard !bytes.isEmpty else { break }
                    place += Int64(bytes.count)
                    try await writer.write(ByteBuffer(bytes: bytes))
                }
                try await writer.finish(nil)
            }.offTheLoop
        ).tagged(Self.tag([entry]), context)
    }

    func archive() async -> Response {
        let files = await shelf.files(of: conversation, limit: Self.mostFiles)
        let (shelf, conversation) = (shelf, conversation)
        return Response(
            status: .ok,
            headers: FileResponse.headers(name: "workspace.zip", mediaType: nil),
            body: ResponseBody { writer in
                var zip = ZipWriter()
                for file in files {
                    try await writer.write(ByteBuffer(bytes: zip.begin(file.path)))
                    var place: Int64 = 0
                    while place < file.size {
                        let bytes = try await shelf.piece(of: file.path, from: place, in: conversation)
                        guard !bytes.isEmpty else { break }
                        place += Int64(bytes.count)
                        try await writer.write(ByteBuffer(bytes: zip.add(bytes)))
                    }
                    try await writer.write(ByteBuffer(bytes: zip.end()))
                }
                try await writer.write(ByteBuffer(bytes: zip.finish()))
                try await writer.finish(nil)
            }.offTheLoop
        ).tagged(Self.tag(files), context)
    }

    /// By what the disk says of them: a program writes what it likes, and nobody has read it all.
    private static func tag(_ files: [WorkspaceEntry]) -> String {
        EntityTag.weak(
            files.map { "\($0.size) \($0.changed.timeIntervalSince1970) \($0.path)" }.joined(separator: "\n")
        )
    }
}

extension WorkspaceShelf {
    /// Empty at the file's end. Throws when it cannot be read on: what was sent is not the whole.
    fileprivate func piece(of path: String, from place: Int64, in conversation: UUID) async throws -> [UInt8] {
        guard let bytes = await bytes(of: path, from: place, in: conversation) else {
            throw WebError(.internalError, "The file is gone.")
        }
        return bytes
    }
}

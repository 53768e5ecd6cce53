package import Engine
import Foundation
import Sandbox

/// Fetches pictures that people have attached; large ones are made smaller, in the sandbox.
package struct PictureDesk: PictureSource {
    /// Bytes that every provider takes, as base64 below 5 MB.
    private static let largest = 3_500_000

    private let files: any ConversationFiles
    private let reader: DocumentReader

    package init(files: any ConversationFiles, reader: DocumentReader) {
        self.files = files
        self.reader = reader
    }

    package func picture(_ picture: ModelPicture, for run: Run) async -> (bytes: [UInt8], mediaType: String)? {
        var bytes: [UInt8] = []
        let parts = parts(of: picture, run)
        do {
            while bytes.count <= Self.largest, let more = try await parts() { bytes += more }
            guard bytes.count > Self.largest else { return bytes.isEmpty ? nil : (bytes, picture.mediaType) }
            return (try await smaller(picture, run), "image/jpeg")
        } catch {
            return nil
        }
    }

    package func words(in picture: ModelPicture, for run: Run) async -> String? {
        do {
            let document = try await reader.read(picture.mediaType, parts: parts(of: picture, run))
            return (document.facts + [document.text]).joined(separator: "\n")
        } catch {
            return (error as? ToolFailure)?.message
        }
    }

    private func smaller(_ picture: ModelPicture, _ run: Run) async throws -> [UInt8] {
        let command = DocumentScripts.shell(
            "exec ffmpeg -v error -nostdin -i input -frames:v 1 -vf 'scale=min(1568\\,iw):min(1568\\,ih):force_original_aspect_ratio=decrease' -q:v 4 -y small.jpg",
            []
        )
        return try await reader.inScratch(parts(of: picture, run)) { desk in
            _ = try await desk.run(command)
            let (bytes, size) = try desk.workspace.read("small.jpg", limit: Self.largest)
            guard !bytes.isEmpty, size <= Self.largest else { throw ToolFailure("The picture stays too large.") }
            return bytes
        }
    }

    private func parts(of picture: ModelPicture, _ run: Run) -> DocumentReader.Parts {
        let principal = Principal.member(user: run.userID, organisation: run.organisationID, isSuperuser: false)
        var part = 0
        return {
            defer { part += 1 }
            return try await files.bytes(of: picture.fileID, part: part, by: principal)
        }
    }
}

package import Engine
import Foundation
import Sandbox

/// Fetches pictures that people have attached; large ones are made smaller, in the sandbox.
package struct PictureDesk: PictureSource {
    /// Bytes that every provider takes, as base64 below 5 MB.
    private static let largest = 3_500_000

    private let files: any ConversationFiles
    private let reader: DocumentReader
    /// What was read off pictures: asked for again with every model call of a talk, and a file never changes.
    private let read = Locked<[UUID: String]>([:])
    private static let mostRead = 100
    /// Pictures that were made smaller, for the same reason; some tens of megabytes at most.
    private let small = Locked<[UUID: [UInt8]]>([:])
    private static let mostSmall = 24
    /// Bytes; longer ones are read again.
    private static let longestRead = 64 << 10

    package init(files: any ConversationFiles, reader: DocumentReader) {
        self.files = files
        self.reader = reader
    }

    package func picture(_ picture: ModelPicture, for run: Run) async -> (bytes: [UInt8], mediaType: String)? {
        let parts = parts(of: picture, run)
        do {
            // Whoever may not have the file gets no small form of it either.
            guard var bytes = try await parts() else { return nil }
            if let known = small.withLock({ $0[picture.fileID] }) { return (known, "image/jpeg") }
            while bytes.count <= Self.largest, let more = try await parts() { bytes += more }
            guard bytes.count > Self.largest else { return bytes.isEmpty ? nil : (bytes, picture.mediaType) }
            let smaller = try await smaller(picture, run)
            small.withLock { small in
                if small.count >= Self.mostSmall { small = [:] }
                small[picture.fileID] = smaller
            }
            return (smaller, "image/jpeg")
        } catch {
            return nil
        }
    }

    package func words(in picture: ModelPicture, for run: Run) async -> String? {
        let parts = parts(of: picture, run)
        do {
            // Whoever may not have the file gets none of its words either.
            guard try await parts() != nil else { return nil }
            if let known = read.withLock({ $0[picture.fileID] }) { return known }
            let document = try await reader.read(picture.mediaType, parts: self.parts(of: picture, run))
            let words = (document.facts + [document.text]).joined(separator: "\n")
            guard words.utf8.count <= Self.longestRead else { return words }
            read.withLock { read in
                if read.count >= Self.mostRead { read = [:] }
                read[picture.fileID] = words
            }
            return words
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

import Engine
import Foundation
import Reading
package import Sandbox

/// Reads documents: texts itself, everything else with the distribution's programs, in the sandbox, where they see that one
/// file and nothing else.
package struct DocumentReader: Sendable {
    /// Of a file, in bytes.
    static let largest: Int64 = 100 << 20
    /// Of what is read of one, in bytes.
    private static let longest = 4 << 20

    private let sandbox: CodeSandbox?
    private let workspaces: Workspaces

    /// Without a sandbox it reads texts alone.
    package init(sandbox: CodeSandbox?, workspaces: Workspaces) {
        self.sandbox = sandbox
        self.workspaces = workspaces
    }

    /// What of a document is wanted.
    struct Wish: Sendable {
        /// Of a PDF or a presentation, from 1.
        var pages = 1...50
        /// Of a workbook, by name or number; empty for all.
        var sheet = ""
        /// Rows of each sheet.
        var rows = 500
    }

    /// What was read.
    struct Document: Sendable, Equatable {
        /// One line each: `Pages: 3`.
        var facts: [String] = []
        /// Markdown where the format has structure.
        var text: String
    }

    /// A file that lies somewhere else, part by part.
    typealias Parts = () async throws -> [UInt8]?

    /// Throws `ToolFailure` in words for the model, `CancellationError`.
    func read(_ mediaType: String, wish: Wish = Wish(), parts: Parts) async throws -> Document {
        guard let kind = DocumentKind(mediaType: mediaType) else {
            throw ToolFailure("A file of type \(mediaType) is nothing that can be read here.")
        }
        switch kind {
        case .text, .page: return try await readText(mediaType, parts)
        default: break
        }
        if let complaint = DocumentProgram.complaint(kind.programs, for: kind.words) { throw ToolFailure(complaint) }
        return try await inScratch(parts) { desk in
            switch kind {
            case .pdf: try await readPDF(desk, wish)
            case .office: try await readPrinted(desk, wish)
            case .prose(let format): Document(text: try await desk.run(DocumentScripts.prose(format)))
            case .workbook:
                try await desk.document(
                    DocumentScripts.python(OfficeScripts.workbook, [wish.sheet, "\(wish.rows)", "md"])
                )
            case .slides:
                try await desk.document(
                    DocumentScripts.python(
                        OfficeScripts.slides,
                        ["\(wish.pages.lowerBound)", "\(wish.pages.upperBound)"]
                    )
                )
            case .archive: try await desk.document(DocumentScripts.python(OfficeScripts.contents, []))
            case .picture: try await readPicture(desk)
            case .sound, .film: Document(facts: try await desk.run(DocumentScripts.facts).lines, text: "")
            case .text, .page: Document(text: "")
            }
        }
    }

    /// Lays a file into a workspace of its own, as `input`, for as long as `work` takes.
    func inScratch<Answer>(_ parts: Parts, _ work: (DocumentDesk) async throws -> Answer) async throws -> Answer {
        guard let sandbox else {
            throw ToolFailure(
                "This server has no sandbox, so it runs no programs that could read this; its log says why."
            )
        }
        do {
            return try await workspaces.withScratch { workspace in
                var size: Int64 = 0
                try await workspace.place("input") {
                    guard let bytes = try await parts() else { return nil }
                    size += Int64(bytes.count)
                    guard size <= Self.largest else {
                        throw ToolFailure("The file is larger than \(ByteCount.text(Self.largest)).")
                    }
                    return bytes
                }
                return try await work(DocumentDesk(sandbox: sandbox, workspace: workspace, longest: Self.longest))
            }
        } catch let error as SandboxError {
            throw ToolFailure(error.message)
        }
    }

    /// The programs at a workspace that is there already. Throws `ToolFailure` where there is no sandbox.
    func desk(in workspace: Workspace) throws -> DocumentDesk {
        guard let sandbox else {
            throw ToolFailure("This server has no sandbox, so it runs no programs; its log says why.")
        }
        return DocumentDesk(sandbox: sandbox, workspace: workspace, longest: Self.longest)
    }

    private func readText(_ mediaType: String, _ parts: Parts) async throws -> Document {
        var bytes: [UInt8] = []
        while let more = try await parts() {
            bytes += more
            guard bytes.count <= 4 * Self.longest else {
                throw ToolFailure("The text is larger than 16 MB. Use a program for it.")
            }
        }
        let type = mediaType == "text/html" ? mediaType : "text/plain"
        guard let document = try? await ReadableDocument.read(bytes, contentType: type, url: "") else {
            throw ToolFailure("This is no text that can be read.")
        }
        let facts = [("Title", document.title), ("Author", document.author), ("Published", document.published)]
        return Document(facts: facts.compactMap { name, value in value.map { "\(name): \($0)" } }, text: document.text)
    }

    private func readPDF(_ desk: DocumentDesk, _ wish: Wish) async throws -> Document {
        var document = try await desk.document(DocumentScripts.pdf(wish.pages))
        var pages = document.text.split(separator: "\u{0C}", omittingEmptySubsequences: false).map(String.init)
        if pages.last?.allSatisfy(\.isWhitespace) == true { pages.removeLast() }
        let letters = pages.reduce(0) { $0 + $1.count { !$0.isWhitespace } }
        if letters < 8 * pages.count, !pages.isEmpty {
            let some =
                wish.pages.lowerBound...min(wish.pages.lowerBound + min(pages.count, 10) - 1, wish.pages.upperBound)
            let needed: [DocumentProgram] = [.pdftoppm, .tesseract]
            if let complaint = DocumentProgram.complaint(needed, for: "read scanned pages") {
                document.facts.append("There is no text in it, only pictures of pages. \(complaint)")
            } else {
                document.facts.append("Scanned: pages \(some.lowerBound) to \(some.upperBound) were read by OCR.")
                pages = try await desk.run(DocumentScripts.scanned(some)).split(separator: "\u{0C}").map(String.init)
            }
        }
        document.text = zip(wish.pages.lowerBound..., pages)
            .map { "## Page \($0)\n\n\($1.withoutBlankEnds)" }.joined(separator: "\n\n")
        return document
    }

    private func readPrinted(_ desk: DocumentDesk, _ wish: Wish) async throws -> Document {
        _ = try await desk.run(DocumentScripts.printed)
        return try await readPDF(desk, wish)
    }

    private func readPicture(_ desk: DocumentDesk) async throws -> Document {
        var document = try await desk.document(DocumentScripts.picture(measures: DocumentProgram.ffprobe.isInstalled))
        document.facts = document.facts.map { "Size: \($0) pixels" }
        document.text = document.text.withoutBlankEnds
        document.facts.append(
            document.text.isEmpty ? "No text was found in the picture." : "Text in the picture, by OCR:"
        )
        return document
    }
}

/// One file in a workspace of its own, and the programs that look at it.
struct DocumentDesk: Sendable {
    let sandbox: CodeSandbox
    let workspace: Workspace
    /// Bytes of output that are kept.
    let longest: Int

    /// What the command wrote. Throws `ToolFailure` when it did not come to a good end.
    func run(_ command: SandboxCommand) async throws -> String {
        var limits = SandboxLimits()
        limits.time = .seconds(150)
        limits.processorSeconds = 150
        limits.memory = 1 << 30
        limits.temporary = 256 << 20
        limits.fileSize = 256 << 20
        limits.output = UInt64(longest)
        var (output, errors): ([UInt8], [UInt8]) = ([], [])
        let result = try await sandbox.run(command, in: workspace, limits: limits) { piece in
            if piece.channel == .output { output += piece.bytes } else if errors.count < 4000 { errors += piece.bytes }
        }
        let text = CodeOutput.document(output)
        if result.isOutOfTime {
            throw ToolFailure(
                "It took longer than \(limits.time.components.seconds) seconds to read. Ask for less of it."
            )
        }
        if result.isOutOfMemory {
            throw ToolFailure("There was not enough memory to read it. It may be made to use up all there is.")
        }
        if result.isOutOfRoom { throw ToolFailure("What is in it is larger than a workspace may be.") }
        guard result.exitCode == 0 else {
            let words =
                CodeOutput.readable(errors[...]).split(separator: "\n").last.map { " The program says: \($0)" } ?? ""
            throw ToolFailure(
                "The file cannot be read: it is damaged, locked by a password, or not what it seems.\(words)"
            )
        }
        return result.lostOutput > 0
            ? text + "\n\n[\(result.lostOutput) bytes more are left out. Ask for fewer pages.]" : text
    }

    /// What wrote facts, a record separator, and a text.
    func document(_ command: SandboxCommand) async throws -> DocumentReader.Document {
        let parts = try await run(command).split(
            separator: DocumentScripts.recordSeparator,
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard parts.count == 2 else { return DocumentReader.Document(text: String(parts.first ?? "")) }
        let facts = String(parts[0]).lines.map { $0.split(separator: " ").joined(separator: " ") }
        return DocumentReader.Document(facts: facts, text: String(parts[1]))
    }
}

extension String {
    /// Those that are not empty.
    var lines: [String] {
        split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// Without empty lines before and after.
    var withoutBlankEnds: String {
        let rows = split(separator: "\n", omittingEmptySubsequences: false).drop { $0.allSatisfy(\.isWhitespace) }
        let end = rows.lastIndex { !$0.allSatisfy(\.isWhitespace) }.map { $0 + 1 } ?? rows.startIndex
        return rows[..<end].joined(separator: "\n")
    }
}

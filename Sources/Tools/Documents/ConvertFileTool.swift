package import Engine
import Foundation
package import Sandbox

/// Turns a file of the workspace into another format.
package struct ConvertFileTool: Tool {
    package let specification = ToolSpecification(
        name: "convert_file",
        description: """
            Converts a file of this conversation's workspace and puts the result beside it: prose (Markdown, HTML, Word, \
            OpenDocument, EPUB, RTF) into each other, into slides (pptx) or, where LibreOffice is there, PDF; a workbook into csv; \
            pictures, recordings and films into other formats of their kind; a film into sound or pictures of it (frames).
            """,
        schema: """
            {"type":"object","required":["path","to"],"additionalProperties":false,"properties":{"path":\(FileTools.path),
            "to":{"type":"string","enum":["md","html","txt","docx","odt","epub","rtf","pptx","pdf","csv","png","jpg","webp","gif",
            "bmp","mp3","wav","flac","ogg","mp4","webm","frames"]},
            "sheet":{"type":"string","maxLength":100,"description":"of a workbook; the first when left out"},
            "count":{"type":"integer","minimum":1,"maximum":20,"description":"of frames, spread over the film; 5 when left out"}}}
            """,
        level: .safeExecute,
        effect: .idempotent,
        timeLimit: .seconds(400),
        agents: FileTools.agents
    )

    private let door: WorkspaceDoor
    private let reader: DocumentReader

    package init(door: WorkspaceDoor, reader: DocumentReader) {
        self.door = door
        self.reader = reader
    }

    package func perform(_ input: JSONValue, in context: ToolContext) async throws -> String {
        do {
            let workspace = try await door.open(for: context)
            let source = try await WorkspaceSource(FileTools.path(input), in: workspace)
            let to = input["to"]?.string ?? ""
            let conversion = try Conversion(source, to: to, input)
            if let complaint = DocumentProgram.complaint(conversion.programs, for: "convert this into \(to)") {
                throw ToolFailure(complaint)
            }
            let paths = try await reader.inScratch(source.parts()) { desk in
                _ = try await desk.run(conversion.command)
                return try await Self.collect(conversion, from: desk.workspace, into: workspace)
            }
            let made = try await MadeFiles(paths, in: workspace, through: door, context)
            let list = paths.count > 1 ? "\(paths.count) files, from \(paths[0]) on," : paths.first ?? ""
            return (["\(source.path) is converted: \(list) is there."] + made.lines).joined(separator: "\n")
        } catch let error as SandboxError {
            throw ToolFailure(error.message)
        }
    }

    /// From the workspace of the conversion into that of the conversation.
    private static func collect(_ conversion: Conversion, from scratch: Workspace, into workspace: Workspace)
        async throws
        -> [String]
    {
        let names = try await scratch.aside {
            Result { try scratch.list(limit: 100).entries.filter { $0.kind == .file }.map(\.path) }
        }.get().filter { $0.hasPrefix(conversion.prefix) }.sorted()
        guard !names.isEmpty else { throw ToolFailure("The program made nothing of it.") }
        var paths: [String] = []
        for name in names {
            let path = conversion.target + name.dropFirst(conversion.prefix.count)
            try await workspace.place(path, next: WorkspaceSource.parts(of: name, in: scratch))
            paths.append(path)
        }
        return paths
    }
}

/// How a file becomes another one: a command that writes files whose names begin with `prefix`.
private struct Conversion {
    let command: SandboxCommand
    let programs: [DocumentProgram]
    let prefix: String
    /// What takes the prefix's place.
    let target: String

    /// Throws `ToolFailure` when there is no way.
    init(_ source: WorkspaceSource, to: String, _ input: JSONValue) throws {
        let kind = DocumentKind(mediaType: source.mediaType)
        let stem = source.path.lastIndex(of: ".").map { String(source.path[..<$0]) } ?? source.path
        (prefix, target) = to == "frames" ? ("frame-", "\(stem)-frame-") : ("output", stem)
        let prose = ["md", "html", "txt", "docx", "odt", "epub", "rtf", "pptx"]
        switch (kind, to) {
        case (.prose(let format)?, _) where prose.contains(to):
            (command, programs) = (Self.pandoc(format, to), [.pandoc])
        case (.page?, _) where prose.contains(to): (command, programs) = (Self.pandoc("html", to), [.pandoc])
        case (.text?, _) where prose.contains(to): (command, programs) = (Self.pandoc("gfm", to), [.pandoc])
        case (.workbook?, "csv"):
            let sheet = input["sheet"]?.string ?? "1"
            let script = "import sys\nsys.stdout = open('output.csv', 'w')\n" + OfficeScripts.workbook
            (command, programs) = (DocumentScripts.python(script, [sheet, "0", "csv"]), [.python3])
        case (.pdf?, "png"), (.pdf?, "jpg"):
            let format = to == "png" ? "-png" : "-jpeg"
            (command, programs) = (
                DocumentScripts.shell("exec pdftoppm -r 110 -l 20 \(format) input output", []), [.pdftoppm]
            )
        case (.pdf?, "txt"):
            (command, programs) = (DocumentScripts.shell("exec pdftotext -layout input output.txt", []), [.pdftotext])
        case (.prose?, "pdf"), (.page?, "pdf"), (.text?, "pdf"), (.office?, "pdf"), (.workbook?, "pdf"),
            (.slides?, "pdf"):
            (command, programs) = (
                DocumentScripts.shell(DocumentScripts.printing + "\nmv input output.pdf", []), [.soffice]
            )
        case (.film?, "frames"):
            (command, programs) = (DocumentScripts.frames(input["count"]?.int ?? 5), [.ffmpeg, .ffprobe, .python3])
        case (.picture?, _) where ["png", "jpg", "webp", "gif", "bmp"].contains(to),
            (.sound?, _) where ["mp3", "wav", "flac", "ogg"].contains(to),
            (.film?, _) where ["mp3", "wav", "flac", "ogg", "mp4", "webm", "gif"].contains(to):
            (command, programs) = (
                DocumentScripts.shell("exec ffmpeg -v error -nostdin -i input -y \"output.$1\"", [to]), [.ffmpeg]
            )
        default: throw ToolFailure("There is no way from \(source.mediaType) to \(to) here.")
        }
    }

    /// Without its own sandbox, in which it does not find the templates of what it writes: it runs in ours.
    private static func pandoc(_ from: String, _ to: String) -> SandboxCommand {
        let formats = ["md": "gfm", "txt": "plain", "html": "html"]
        // Elsewhere a title would stand above the text.
        let whole = ["md", "txt"].contains(to) ? [] : ["--standalone", "--metadata", "title= "]
        return SandboxCommand(
            ["/usr/bin/pandoc", "--from", from, "--to", formats[to] ?? to, "--wrap=none"] + whole
                + ["--output", "output.\(to)", "input"]
        )
    }
}
